"""The stages of a study that harm models: noise and attacks, on the first images of the test split."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spikewright.experiments.runs.work import Rows, Work

if TYPE_CHECKING:
    from spikewright.robustness import Attack, Corruption, Predictor


def noise(step: Work) -> Rows:
    """One subject under one kind of noise at all strengths.

    `repeats`: chips of a fault that a chip has for all images, whose rows are over images and chips (5 unless given); of
    noise that is drawn for each image, draws with rows of their own (1 unless given).
    """
    from spikewright.robustness.draws import chip_seed
    from spikewright.robustness.evaluation import CHIPS

    part = step.params["perturbation"]
    chosen, repeats = corruption_of(part["kind"]), part["repeats"]
    if chosen.of_chip:
        return {"robustness": _rows(step, chosen, part["strengths"], chips=repeats or CHIPS)}
    seeds = [chip_seed(step.seed, draw) for draw in range(repeats or 1)]
    return {"robustness": [row for draw in enumerate(seeds) for row in _rows(step, chosen, part["strengths"], draw)]}


def attack(step: Work) -> Rows:
    """One subject under one attack, the worst case for each image over nested epsilons."""
    from spikewright.robustness import Transfer

    part = step.params["perturbation"]
    chosen: Attack = attack_of(part)
    if part["transfer_from"] is not None:
        chosen = Transfer(chosen, predictor_of(step, "source", part["transfer_from"]))
    return {"robustness": _rows(step, chosen, part["epsilons"])}


def corruption_of(kind: str) -> "Corruption":
    """The corruption of a study's noise."""
    from spikewright.robustness import CORRUPTIONS

    made: Corruption = CORRUPTIONS.make(kind, {})
    return made


def attack_of(part: Mapping[str, Any]) -> "Attack":
    """The attack of a study, from its plain values."""
    from spikewright.robustness import FGSM, PGD

    if part["kind"] == "fgsm":
        return FGSM(norm=part["norm"])
    return PGD(steps=part["steps"], restarts=part["restarts"], norm=part["norm"])


def predictor_of(step: Work, role: str, name: str) -> "Predictor":
    """The model or network that a need wrote, as robustness sees it."""
    from spikewright.robustness import AnnPredictor, SnnPredictor

    if step.is_network(role):
        return SnnPredictor(step.network(role), name)
    return AnnPredictor(step.model(role), name)


def _rows(
    step: Work,
    chosen: "Attack | Corruption",
    strengths: list[float],
    draw: tuple[int, int] | None = None,
    chips: int = 1,
) -> list[dict[str, Any]]:
    """The table of `robustness.evaluate`; its clean row is the strength 0 of the perturbation's curve.

    `draw`: number and seed of a repeated draw; the first, with the task's own seed, unless given.
    """
    from spikewright.robustness import evaluate

    subject, count = step.params["subject"], step.params["images"]
    number, seed = draw or (0, step.seed)
    dataset = step.dataset
    data = (dataset.test_images[:count], dataset.test_labels[:count])
    predictor = predictor_of(step, "subject", subject)
    applies = [strength for strength in strengths if strength > 0]
    table = evaluate([predictor], data, [(chosen, applies)], seed=seed, chips=chips)
    told = {"kind": step.task.kind, "draw": number}
    return [{**row, "perturbation": chosen.name, **told} for row in table]
