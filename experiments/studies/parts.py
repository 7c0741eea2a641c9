"""The parts of a study file: each is checked to its last field, the settings of records by the tables' own fields."""

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, NonNegativeFloat, PositiveInt, model_validator

from spikewright.experiments.families import ATTACKS, CORRUPTIONS, RECIPES
from spikewright.experiments.runs.budgets import Budget
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.studies.part_bases import Name, RecordPart, StudyPart
from spikewright.experiments.training.recipe import TrainRecipe

Place = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]
"""A path that means the same wherever the study is opened again."""
Strengths = Annotated[tuple[NonNegativeFloat, ...], Field(min_length=1)]


class DatasetPart(StudyPart):
    """`name` as in `experiments.load_dataset`, an .npz file, or your own "package.module:function".

    `train` and `test` keep only so many images.
    """

    name: str = "digits"
    folder: Place | None = None
    train: PositiveInt | None = None
    test: PositiveInt | None = None


class ModelPart(StudyPart):
    """One of: an `architecture` to train with `training` (fields of TrainRecipe), a `zoo` network, or your own `factory`
    ("package.module:function"), with `weights` or to train as well."""

    architecture: str | None = None
    zoo: str | None = None
    factory: str | None = None
    weights: Place | None = None
    training: dict[str, Any] = Field(default={})

    @model_validator(mode="after")
    def _one(self) -> "ModelPart":
        given = [name for name in ("architecture", "zoo", "factory") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"expected one of architecture, zoo and factory, got {', '.join(given) or 'none'}")
        if self.factory is None and self.weights is not None:
            raise ValueError("expected weights beside the factory that they belong to, got no factory")
        TrainRecipe.from_dict(self.training)
        return self


class CompressionPart(RecordPart):
    """`name`, and beside it the settings of the stage `compress`."""

    family, title = STAGES, "stage"
    stage: ClassVar[str] = "compress"
    name: Name = "compressed"


class FixedPart(StudyPart):
    """Widths of the fixed-point network; potentials without a width get that which is proved never to saturate."""

    weight_bits: Annotated[int, Field(ge=2, le=16)] = 8
    potential_bits: Annotated[int, Field(ge=4, le=32)] | None = None
    input_levels: Annotated[int, Field(ge=1, le=65535)] = 255


class ConversionPart(RecordPart):
    """A `recipe` of `conversion` by name, with its settings beside it.

    `source`: the compression that is converted, "ann" for the model itself; None takes the last compression. `samples`:
    training images that show the ranges. `fixed` turns the result into integers. `input_range`: (low, high) of the inputs, where
    it is another one than that of the data set.
    """

    family, title = RECIPES, "recipe"
    name: Name
    recipe: str
    source: Name | None = None
    samples: PositiveInt = 500
    fixed: FixedPart | None = None
    input_range: tuple[float, float] | None = None


class NoisePart(RecordPart):
    """A corruption at several strengths. `subjects`: only these. `repeats`: chips (5), or draws of noise on images (1)."""

    family, title = CORRUPTIONS, "kind"
    kind: str
    strengths: Strengths
    subjects: tuple[Name, ...] | None = None
    images: PositiveInt | None = None
    repeats: PositiveInt | None = None


class AttackPart(RecordPart):
    """An attack at several epsilons; `transfer_from` makes it a black box whose adversarials come from that network."""

    family, title = ATTACKS, "kind"
    kind: str
    epsilons: Strengths
    subjects: tuple[Name, ...] | None = None
    images: PositiveInt | None = None
    transfer_from: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _older(cls, values: Any) -> Any:
        """Studies of the version before say the steps and restarts of PGD for every attack."""
        if isinstance(values, dict) and values.get("kind") == "fgsm":
            return {name: value for name, value in values.items() if name not in ("steps", "restarts")}
        return values


class RobustnessPart(StudyPart):
    """`subjects`: "ann", compressions and conversions by name; None takes the ANN and every spiking network."""

    subjects: tuple[Name, ...] | None = None
    images: PositiveInt = 200
    noise: tuple[NoisePart, ...] = ()
    attacks: tuple[AttackPart, ...] = ()


class HardwarePart(RecordPart):
    """`networks` (None: all in fixed point), and the settings of the stage `hardware`."""

    family, title = STAGES, "stage"
    stage: ClassVar[str] = "hardware"
    networks: tuple[Name, ...] | None = None


class BudgetPart(StudyPart):
    """What one run may use: after so many `hours`, or once so many `cells` were started, no new one is.

    What runs then is finished, the report is written, and the same command goes on. Where nothing is said, nothing bounds a run.
    """

    hours: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    cells: PositiveInt | None = None

    def record(self) -> Budget:
        """The budget for a run."""
        return Budget(None if self.hours is None else 3600 * self.hours, self.cells)


class StagePart(RecordPart):
    """A stage without a section of its own, with its settings beside it; it is run for each of its `subjects`.

    `subjects`: as of the robustness. `name`: what its cells are called; two parts of one stage need two names.
    """

    family, title = STAGES, "stage"
    stage: str
    name: Name | None = None
    subjects: tuple[Name, ...] | None = None
