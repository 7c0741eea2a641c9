"""The stages of a study that harm models: noise and attacks, on the first images of the test split."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from spikewright.experiments.families import ATTACKS, CORRUPTIONS, make
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.kept import KeptParts
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.experiments.stages.examples import EXAMPLES_FILE, examples_of
from spikewright.experiments.studies.expansion import Expansion

if TYPE_CHECKING:
    from spikewright.robustness import Attack, Corruption, Predictor


HARMED = {"robustness": ("strength", "accuracy", "low", "high", "samples", "draw")}


@dataclass(frozen=True)
class NoiseStage(Stage):
    """One subject under one corruption at all strengths.

    Of images that are harmed it keeps a few, see `Examples`.
    kind: the corruption.
    strengths: how strong it is.
    images: the first test images, so many.
    options: settings of the corruption.
    repeats: chips of a fault that a chip has for all images, whose rows are over images and chips (5 unless given); of noise
        that is drawn for each image, draws with rows of their own (1 unless given).
    """

    version: ClassVar[int] = 2
    makes: ClassVar[Columns] = HARMED
    kind: str
    strengths: tuple[float, ...]
    images: int
    options: Mapping[str, Any] = field(default_factory=dict)
    repeats: int | None = None

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterator[Cell]:
        """A cell for each corruption and subject of the study's section on robustness."""
        if expansion.study.robustness is not None:
            for part, subject, images in _pairs(expansion, expansion.study.robustness.noise):
                stage = cls(images=images, strengths=part.strengths, repeats=part.repeats, **part.meaning)
                needs = {"subject": expansion.made[subject]}
                yield expansion.cell(f"{subject}-{short(part.kind)}", asdict(stage), needs, subject=subject)

    def run(self, work: Work) -> Rows:
        """Rows of robustness."""
        from spikewright.robustness.draws import chip_seed
        from spikewright.robustness.evaluation import CHIPS

        chosen: Corruption = make(CORRUPTIONS, self.kind, self.options)
        if chosen.of_chip:
            return {"robustness": _rows(work, chosen, self.strengths, chips=self.repeats or CHIPS)}
        seeds = [chip_seed(work.seed, draw) for draw in range(self.repeats or 1)]
        rows = [row for draw in enumerate(seeds) for row in _rows(work, chosen, self.strengths, draw)]
        _keep_examples(work, chosen, self.strengths)
        return {"robustness": rows}


@dataclass(frozen=True)
class AttackStage(Stage):
    """One subject under one attack, the worst case for each image over nested budgets.

    It keeps a few of the adversarials, see `Examples`.
    kind: the attack.
    epsilons: the budgets.
    images: the first test images, so many.
    options: settings of the attack.
    transfer_from: the model on which the adversarials are made; none: the subject itself.
    """

    version: ClassVar[int] = 2
    makes: ClassVar[Columns] = HARMED
    kind: str
    epsilons: tuple[float, ...]
    images: int
    options: Mapping[str, Any] = field(default_factory=dict)
    transfer_from: str | None = None

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterator[Cell]:
        """A cell for each attack and subject; no model is attacked by transfer from itself."""
        if expansion.study.robustness is not None:
            for part, subject, images in _pairs(expansion, expansion.study.robustness.attacks):
                source = part.transfer_from
                if subject != source:
                    stage = cls(images=images, epsilons=part.epsilons, transfer_from=source, **part.meaning)
                    needs = {
                        "subject": expansion.made[subject],
                        **({} if source is None else {"source": expansion.made[source]}),
                    }
                    name = f"{subject}-{short(part.kind)}" + (f"-from-{source}" if source else "")
                    yield expansion.cell(name, asdict(stage), needs, subject=subject)

    def run(self, work: Work) -> Rows:
        """Rows of robustness."""
        from spikewright.robustness import Transfer

        chosen: Attack = make(ATTACKS, self.kind, self.options)
        if self.transfer_from is not None:
            chosen = Transfer(chosen, predictor_of(work, "source", self.transfer_from))
        rows = _rows(work, chosen, self.epsilons)
        _keep_examples(work, chosen, self.epsilons)
        return {"robustness": rows}


def _pairs(expansion: Expansion, parts: Iterable[Any]) -> Iterator[tuple[Any, str, int]]:
    """Every part with each of its subjects and the number of images."""
    robustness = expansion.study.robustness
    assert robustness is not None
    subjects = expansion.harmed(robustness.subjects)
    for part in parts:
        for subject in part.subjects or subjects:
            yield part, subject, part.images or robustness.images


def short(name: str) -> str:
    """A name for files: that of a user's own class, without its module."""
    return name.rpartition(":")[2]


def predictor_of(work: Work, role: str, name: str) -> "Predictor":
    """The model or network that a need wrote, as robustness sees it."""
    from spikewright.robustness import AnnPredictor, SnnPredictor

    if work.is_network(role):
        return SnnPredictor(work.network(role), name)
    return AnnPredictor(work.model(role), name, input_range=work.dataset.input_range)


def _keep_examples(work: Work, chosen: "Attack | Corruption", strengths: tuple[float, ...]) -> None:
    """Write a few harmed images beside the rows."""
    count, dataset = work.params["settings"]["images"], work.dataset
    data = (dataset.test_images[:count], dataset.test_labels[:count])
    found = examples_of(predictor_of(work, "subject", work.params["subject"]), data, chosen, strengths, work.seed)
    if found is not None:
        found.save(work.folder / EXAMPLES_FILE)


def _rows(
    work: Work,
    chosen: "Attack | Corruption",
    strengths: tuple[float, ...],
    draw: tuple[int, int] | None = None,
    chips: int = 1,
) -> list[dict[str, Any]]:
    """The table of `robustness.evaluate`; its clean row is the strength 0 of the perturbation's curve.

    `draw`: number and seed of a repeated draw; the first, with the cell's own seed, unless given.
    """
    from spikewright.robustness import evaluate

    subject, count, dataset = work.params["subject"], work.params["settings"]["images"], work.dataset
    number, seed = draw or (0, work.seed)
    data = (dataset.test_images[:count], dataset.test_labels[:count])
    predictor = predictor_of(work, "subject", subject)
    applies = [strength for strength in strengths if strength > 0]
    told: dict[str, Any] = {"progress": work.progress, "kept": KeptParts(work.checkpoint)}
    table = evaluate([predictor], data, [(chosen, applies)], seed=seed, chips=chips, **told)
    of_all = {"perturbation": chosen.name, "kind": work.cell.stage, "draw": number}
    return [{**row, **of_all} for row in table]
