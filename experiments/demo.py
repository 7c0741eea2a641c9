"""The demo: a study of the whole pipeline on one data set, and the checks that its report shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spikewright import Table
from spikewright.experiments.studies.spec import Study, make_study
from spikewright.experiments.studies.study import StudyResult
from spikewright.importing import unknown

DATASETS = ("digits", "mnist", "fashion-mnist")
STEPS = 7
ACTIVATION_BITS = 3
"""2**3 - 1 levels are what `STEPS` steps of a spike count can say."""


@dataclass(frozen=True)
class Check:
    """A promise of the demo: the `value` that was measured should be `relation` ("at least" or "at most") `bound`."""

    promise: str
    value: float
    relation: str
    bound: float

    @property
    def holds(self) -> bool:
        """Whether it was kept."""
        return self.value >= self.bound if self.relation == "at least" else self.value <= self.bound

    def row(self) -> dict[str, Any]:
        """For the table."""
        return {
            "check": self.promise,
            "measured": self.value,
            "target": f"{self.relation} {self.bound:g}",
            "holds": self.holds,
        }


@dataclass(frozen=True)
class DemoScale:
    """How much work the demo does: images under noise and under attack, and the compression's fine-tuning."""

    noise_images: int
    attack_images: int
    compression: Mapping[str, Any]
    epsilons: tuple[float, ...]
    ann_at_least: float
    compressed_within: float
    rate_within: float
    ttfs_within: float


SCALES = {
    "digits": DemoScale(450, 200, {}, (0.02, 0.05, 0.1, 0.15, 0.2, 0.3), 0.975, 0.01, 0.01, 0.005),
    "mnist": DemoScale(
        300, 64, {"images": 6000, "rounds": 2, "round_epochs": 1, "final_epochs": 2, "quantize_epochs": 3},
        (0.05, 0.1, 0.2, 0.3), 0.99, 0.01, 0.005, 0.002,
    ),
    "fashion-mnist": DemoScale(
        300, 64, {"images": 6000, "rounds": 2, "round_epochs": 1, "final_epochs": 2, "quantize_epochs": 3},
        (0.01, 0.02, 0.05, 0.1), 0.91, 0.02, 0.01, 0.005,
    ),
}  # fmt: skip
ZOO = {"mnist": "lenet5-mnist", "fashion-mnist": "lenet5-fashion"}


def demo_study(dataset: str = "digits", data: str | Path | None = None, seed: int = 0) -> Study:
    """The study behind `spikewright demo`. Raises InvalidInput for an unknown data set."""
    if dataset not in DATASETS:
        raise unknown("data set", dataset, DATASETS)
    scale = SCALES[dataset]
    fixed = {"weight_bits": 8, "potential_bits": 16}
    model = {"zoo": ZOO[dataset]} if dataset in ZOO else {"architecture": "small_cnn", "training": DIGITS_TRAINING}
    return make_study(
        {
            "name": f"demo-{dataset}",
            "dataset": {"name": dataset, "folder": data},
            "model": model,
            "seeds": [seed],
            "compressions": [{"name": "compressed", "activation_bits": ACTIVATION_BITS, **scale.compression}],
            "conversions": [
                {"name": "rate", "recipe": "rate", "steps": STEPS, "fixed": fixed},
                {"name": "ttfs", "recipe": "ttfs"},
                {"name": "integer-cnn", "recipe": "quantized", "fixed": fixed},
            ],
            "robustness": _robustness(scale),
            "hardware": {},
        }
    )


DIGITS_TRAINING = {"epochs": 60, "batch_size": 32, "lr": 0.05, "shift": 1}


def _robustness(scale: DemoScale) -> dict[str, Any]:
    attack = {"epsilons": scale.epsilons, "images": scale.attack_images}
    return {
        "subjects": ["ann", "compressed", "rate", "ttfs"],
        "images": scale.noise_images,
        "noise": [
            {"kind": "gaussian", "strengths": [0.1, 0.2, 0.3, 0.4, 0.6]},
            {"kind": "impulse", "strengths": [0.05, 0.1, 0.2, 0.3]},
            {"kind": "spike-deletion", "strengths": [0.05, 0.1, 0.2, 0.4], "subjects": ["rate", "ttfs"]},
            {"kind": "spike-jitter", "strengths": [1, 2, 3], "subjects": ["rate"]},
            {"kind": "spike-jitter", "strengths": [0.1, 0.2, 0.5, 1], "subjects": ["ttfs"]},
            {
                "kind": "weight-bit-flips",
                "strengths": [0.003, 0.01, 0.02, 0.03],
                "subjects": ["compressed", "rate", "ttfs"],
            },
        ],
        "attacks": [
            {"kind": "fgsm", **attack},
            {"kind": "pgd", "steps": 10, **attack},
            {"kind": "pgd", "steps": 10, "transfer_from": "ann", **attack},
        ],
    }


def is_demo(result: StudyResult) -> bool:
    """Whether a study is that of a demo."""
    return result.study.name.startswith("demo-")


def checks_of(result: StudyResult) -> Table | None:
    """The checks of a demo that has all its results; None for any other study."""
    return checks(result) if is_demo(result) and result.complete else None


def checks(result: StudyResult) -> Table:
    """What the demo promises, against what this run measured."""
    dataset = result.study.dataset.name
    scale = SCALES[dataset]
    measured = {row["network"]: row for row in result.tables["accuracy"]}
    ann, small = measured["ann"]["accuracy"], measured["compressed"]["accuracy"]
    core = next(iter(result.tables["core"]))
    made = [
        Check("accuracy of the ANN", ann, "at least", scale.ann_at_least),
        Check("accuracy lost by compression", ann - small, "at most", scale.compressed_within),
        Check(
            f"accuracy lost by the rate SNN at {STEPS} steps",
            small - measured["rate"]["accuracy"],
            "at most",
            scale.rate_within,
        ),
        Check("accuracy lost by the TTFS SNN", small - measured["ttfs"]["accuracy"], "at most", scale.ttfs_within),
        Check("spikes per neuron of the TTFS SNN", measured["ttfs"]["spikes_per_neuron"], "at most", 0.6),
        Check(
            "golden traces of the exported core that replay differently", float(not core["replay_equal"]), "at most", 0
        ),
    ]
    return Table.of(check.row() for check in made)
