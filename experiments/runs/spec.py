"""What a study is: one declarative YAML or TOML file, checked to the last field before anything runs."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from spikewright import InvalidFile, InvalidInput, MissingTool

LARGEST_FILE_BYTES = 2**20
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
Place = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]
"""A path that means the same wherever the study is opened again."""
Strengths = Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


PartT = TypeVar("PartT", bound=_Part)


class DatasetPart(_Part):
    """`name` as in `experiments.load_dataset`, or an .npz file; `train` and `test` keep only so many images."""

    name: str = "digits"
    folder: Place | None = None
    train: PositiveInt | None = None
    test: PositiveInt | None = None


class ModelPart(_Part):
    """One of: an `architecture` to train with `training` (fields of TrainRecipe), a `zoo` network, or your own `factory`
    ("package.module:function") with `weights`."""

    architecture: str | None = None
    zoo: str | None = None
    factory: str | None = None
    weights: Place | None = None
    training: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one(self) -> "ModelPart":
        given = [name for name in ("architecture", "zoo", "factory") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"expected one of architecture, zoo and factory, got {', '.join(given) or 'none'}")
        if (self.factory is None) != (self.weights is None):
            raise ValueError("expected factory and weights together")
        return self


class CompressionPart(_Part):
    """Prune, then quantise, each with fine-tuning on the first `images` of the training split (None: all)."""

    name: Name = "compressed"
    sparsity: Annotated[float, Field(ge=0, lt=1)] = 0.8
    bits: Annotated[int, Field(ge=2, le=8)] | None = 4
    activation_bits: Annotated[int, Field(ge=1, le=16)] | None = None
    images: PositiveInt | None = None
    rounds: PositiveInt = 4
    round_epochs: NonNegativeInt = 4
    final_epochs: NonNegativeInt = 10
    quantize_epochs: NonNegativeInt = 15


class FixedPart(_Part):
    """Widths of the fixed-point network; potentials without a width get that which is proved never to saturate."""

    weight_bits: Annotated[int, Field(ge=2, le=16)] = 8
    potential_bits: Annotated[int, Field(ge=4, le=32)] | None = None
    input_levels: Annotated[int, Field(ge=1, le=65535)] = 255


class _Conversion(_Part):
    """`source`: the compression that is converted, "ann" for the model itself; None takes the last compression."""

    name: Name
    source: Name | None = None
    samples: PositiveInt = 500


class RatePart(_Conversion):
    """See `conversion.Rate`; `fixed` turns the result into integers."""

    recipe: Literal["rate"]
    steps: PositiveInt
    threshold: Literal["mse", "max"] = "mse"
    percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    per_channel: bool | None = None
    neuron: Literal["if", "signed", "burst"] = "if"
    limit: Annotated[int, Field(ge=1, le=127)] = 4
    limits: dict[str, Annotated[int, Field(ge=1, le=127)]] = {}
    calibration: Literal["light", "advanced"] | None = "light"
    reset: Literal["subtract", "zero"] = "subtract"
    initial: Literal["half", "shift", "zero"] = "half"
    schedule: Literal["synchronous", "layerwise"] = "synchronous"
    fixed: FixedPart | None = None


class TtfsPart(_Conversion):
    """See `conversion.Ttfs`."""

    recipe: Literal["ttfs"]
    ranges: Literal["data", "least-squares", "interval"] = "data"
    percentile: Annotated[float, Field(gt=0, le=100)] = 100.0
    margin: Annotated[float, Field(ge=0)] = 0.1
    levels: PositiveInt | None = None


class QuantizedPart(_Conversion):
    """See `conversion.Quantized`: the integer CNN as a network of one step."""

    recipe: Literal["quantized"]
    integer: bool = False
    fixed: FixedPart | None = None


class CodePart(_Conversion):
    """The other recipes of `conversion`; `options` are the fields of the recipe's class."""

    recipe: Literal["exact", "phase", "few-spike", "spike-select", "latency"]
    options: dict[str, Any] = {}
    fixed: FixedPart | None = None

    @model_validator(mode="after")
    def _known(self) -> "CodePart":
        from spikewright.experiments.recipes import make_recipe

        make_recipe(self.recipe, self.options)
        return self


ConversionPart = Annotated[RatePart | TtfsPart | QuantizedPart | CodePart, Field(discriminator="recipe")]


class NoisePart(_Part):
    """Noise of one kind at several strengths. `subjects`: only these. `repeats`: chips (5), or draws of noise on images (1)."""

    kind: Literal[
        "gaussian",
        "impulse",
        "spike-deletion",
        "spike-jitter",
        "spike-insertion",
        "stuck-at-0",
        "stuck-at-1",
        "membrane-noise",
        "potential-bit-flips",
        "threshold-variation",
        "weight-variation",
        "weight-bit-flips",
    ]
    strengths: Strengths
    subjects: tuple[Name, ...] | None = None
    images: PositiveInt | None = None
    repeats: PositiveInt | None = None


class AttackPart(_Part):
    """An attack at several epsilons; `transfer_from` makes it a black box whose adversarials come from that network."""

    kind: Literal["fgsm", "pgd"]
    epsilons: Strengths
    norm: Literal["linf", "l2"] = "linf"
    steps: PositiveInt = 20
    restarts: PositiveInt = 1
    subjects: tuple[Name, ...] | None = None
    images: PositiveInt | None = None
    transfer_from: Name | None = None


class RobustnessPart(_Part):
    """`subjects`: "ann", compressions and conversions by name; None takes the ANN and every spiking network."""

    subjects: tuple[Name, ...] | None = None
    images: PositiveInt = 200
    noise: tuple[NoisePart, ...] = ()
    attacks: tuple[AttackPart, ...] = ()


class HardwarePart(_Part):
    """Estimates of the three corners and a sweep of P for `networks` (None: all in fixed point), and one core.

    The core is the spiking network's point with the smallest `best_by` that fits.
    """

    device: str = "xc7a100t"
    clock_mhz: Annotated[float, Field(gt=0)] = 100.0
    networks: tuple[Name, ...] | None = None
    images: PositiveInt | None = None
    best_by: str = "fpga_energy_uj"
    golden: PositiveInt = 4


class Study(_Part):
    """A whole study; every result follows from it and the data set."""

    name: Name
    dataset: DatasetPart = DatasetPart()
    model: ModelPart
    seeds: Annotated[tuple[NonNegativeInt, ...], Field(min_length=1)] = (0,)
    compressions: tuple[CompressionPart, ...] = ()
    conversions: tuple[ConversionPart, ...] = ()
    robustness: RobustnessPart | None = None
    hardware: HardwarePart | None = None

    @model_validator(mode="after")
    def _names(self) -> "Study":
        names = ["ann", *(part.name for part in self.compressions), *(part.name for part in self.conversions)]
        if len(set(names)) < len(names):
            raise ValueError(f"expected every compression and conversion to have its own name, got {', '.join(names)}")
        compressed = {"ann", *(part.name for part in self.compressions)}
        used = [part.source for part in self.conversions if part.source and part.source not in compressed]
        harms: tuple[NoisePart | AttackPart, ...] = ()
        if self.robustness:
            harms = (*self.robustness.noise, *self.robustness.attacks)
        for part in harms:
            asked = (getattr(part, "transfer_from", None) or "ann", *(part.subjects or ()))
            used += [name for name in asked if name not in names]
        used += [name for name in (self.robustness and self.robustness.subjects) or () if name not in names]
        used += [name for name in (self.hardware and self.hardware.networks) or () if name not in names]
        if used:
            raise ValueError(f"expected names among {', '.join(names)}, got {', '.join(map(str, used))}")
        return self


def read_study(path: str | Path) -> Study:
    """The study in a YAML or TOML file. Raises InvalidFile with the path of the field that is wrong."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InvalidFile(f"expected a study of at most {LARGEST_FILE_BYTES} bytes, got more in {path}")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(
            f"expected a readable study file at {path}, got: {getattr(error, 'strerror', error)}"
        ) from error
    values = _parse(path, text)
    if not isinstance(values, dict):
        raise InvalidFile(f"expected fields such as name and model in {path}, got a {type(values).__name__}")
    try:
        return Study.model_validate({"name": path.stem.lower(), **values})
    except ValidationError as error:
        raise InvalidFile(f"{path}: {first_fault(error)}") from error


def make_study(values: dict[str, Any]) -> Study:
    """A study from plain values. Raises InvalidInput with the path of the field that is wrong."""
    return checked(Study, values)


def checked(part: type[PartT], values: dict[str, Any]) -> PartT:
    """A part of a study from plain values. Raises InvalidInput with the path of the field that is wrong."""
    try:
        return part.model_validate(values)
    except ValidationError as error:
        raise InvalidInput(first_fault(error)) from error


def first_fault(error: ValidationError) -> str:
    """The first thing that pydantic found, as one sentence: the field's path, what was expected, what was got."""
    fault = error.errors(include_url=False)[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
    said = fault["msg"].removeprefix("Value error, ")
    got = repr(fault["input"])
    return f"{place or 'study'}: {said}" + (
        f", got {got[:60]}" if "got" not in said and fault["type"] != "missing" else ""
    )


def _parse(path: Path, text: str) -> Any:
    if path.suffix == ".toml":
        import tomllib

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidFile(f"expected TOML in {path}, got: {error}") from error
    try:
        import yaml
    except ImportError as error:
        raise MissingTool(
            "expected the package pyyaml for a YAML study, got none; try TOML or pip install pyyaml"
        ) from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InvalidFile(f"expected YAML in {path}, got: {reason}") from error
