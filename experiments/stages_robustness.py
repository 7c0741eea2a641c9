"""The stages of a study that harm models: noise and attacks, on the first images of the test split."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from experiments.pipeline import Rows, Step

if TYPE_CHECKING:
    from robustness import Attack, Corruption, Predictor


def noise(step: Step) -> Rows:
    """One subject under one kind of noise at all strengths; with `repeats`, once for each seed from the task's on."""
    part = step.params["perturbation"]
    seeds = range(step.seed, step.seed + part["repeats"])
    rows = [row for seed in seeds for row in _rows(step, corruption_of(part["kind"]), part["strengths"], seed)]
    return {"robustness": rows}


def attack(step: Step) -> Rows:
    """One subject under one attack, the worst case for each image over nested epsilons."""
    from robustness import Transfer

    part = step.params["perturbation"]
    chosen: Attack = attack_of(part)
    if part["transfer_from"] is not None:
        chosen = Transfer(chosen, predictor_of(step, "source", part["transfer_from"]))
    return {"robustness": _rows(step, chosen, part["epsilons"], step.seed)}


def corruption_of(kind: str) -> "Corruption":
    """The corruption of a study's noise."""
    from robustness import ChipFault, GaussianNoise, ImpulseNoise, SpikeDeletionFault, SpikeJitterFault, WeightBitFlips

    kinds: dict[str, Callable[[], Corruption]] = {
        "gaussian": GaussianNoise,
        "impulse": ImpulseNoise,
        "spike-deletion": SpikeDeletionFault,
        "spike-jitter": SpikeJitterFault,
        "weight-bit-flips": WeightBitFlips,
    }
    return kinds[kind]() if kind in kinds else ChipFault(kind)


def attack_of(part: Mapping[str, Any]) -> "Attack":
    """The attack of a study, from its plain values."""
    from robustness import FGSM, PGD

    if part["kind"] == "fgsm":
        return FGSM(norm=part["norm"])
    return PGD(steps=part["steps"], restarts=part["restarts"], norm=part["norm"])


def predictor_of(step: Step, role: str, name: str) -> "Predictor":
    """The model or network that a need wrote, as robustness sees it."""
    from robustness import AnnPredictor, SnnPredictor

    if step.is_network(role):
        return SnnPredictor(step.network(role), name)
    return AnnPredictor(step.model(role), name)


def _rows(step: Step, chosen: "Attack | Corruption", strengths: list[float], seed: int) -> list[dict[str, Any]]:
    """The table of `robustness.evaluate`; its clean row is the strength 0 of the perturbation's curve."""
    from robustness import evaluate

    subject, count = step.params["subject"], step.params["images"]
    dataset = step.dataset
    data = (dataset.test_images[:count], dataset.test_labels[:count])
    predictor = predictor_of(step, "subject", subject)
    applies = [strength for strength in strengths if strength > 0]
    table = evaluate([predictor], data, [(chosen, applies)], seed=seed)
    told = {"kind": step.task.kind, "draw": seed}
    return [{**row, "perturbation": chosen.name, **told} for row in table]
