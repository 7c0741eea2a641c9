"""Who holds best, over what all were put to."""

from typing import Any

from spikewright import Table
from spikewright.experiments.report.robust_verdict import robust_findings


def row(
    model: str, perturbation: str, accuracy: float | None, strength: float = 0.1, kind: str = "attack"
) -> dict[str, Any]:
    ends = (None, None) if accuracy is None else (accuracy - 0.05, accuracy + 0.05)
    told = {"model": model, "perturbation": perturbation, "strength": strength, "kind": kind}
    return {**told, "accuracy": accuracy, "low": ends[0], "high": ends[1]}


def found(*rows: dict[str, Any]) -> dict[str, str]:
    return {topic: text.replace("\N{NO-BREAK SPACE}", " ") for topic, text in robust_findings(Table.of(rows))}


def test_attacks_and_noise_apart() -> None:
    told = found(
        row("a", "FGSM", 0.5),
        row("b", "FGSM", 0.7),
        row("a", "G", 0.8, kind="noise"),
        row("b", "G", 0.75, kind="noise"),
    )
    assert "Behind, intervals apart: a" in told["Most robust under attack: b"]
    assert "Within its interval: b" in told["Most robust under noise: a"]


def test_only_what_all_were_put_to_counts() -> None:
    told = found(row("a", "FGSM", 0.5), row("b", "FGSM", 0.7), row("a", "PGD", 1.0), row("b", "PGD", None))
    assert "over FGSM at" in told["Most robust under attack: b"]
    assert "different perturbations" in found(row("a", "X", 0.5), row("b", "Y", 0.5))["Most robust under attack"]


def test_strength_zero_is_no_harm() -> None:
    assert found(row("a", "FGSM", 0.9, 0.0)) == {}


def test_a_perturbation_weighs_the_same_with_more_strengths() -> None:
    rows = [row("a", "P", 1.0, s / 10) for s in range(1, 9)] + [row("a", "Q", 0.0, 0.1)]
    assert "50.0 %" in found(*rows)["Most robust under attack: a"]


def test_hidden_gradients_are_told() -> None:
    told = found(row("a", "PGD", 0.8), row("a", "PGD from b", 0.2))
    assert "more harm to a" in told["A caution"] and "A caution" not in found(
        row("a", "PGD", 0.2), row("a", "PGD from b", 0.8)
    )
