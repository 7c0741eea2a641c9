"""The culprit is named, with what helps."""

import pytest

from spikewright.conversion import (
    Diagnosis,
    FewSpike,
    Rate,
    Recipe,
    SpikeSelect,
    Ttfs,
    convert,
    diagnose,
)
from tests.conversion.architectures import CASES, build, images


def plain(steps: int, **options: object) -> Rate:
    """Rate conversion without the help of calibration."""
    percentile = None if "threshold" in options else 99.9
    return Rate(steps, **{"percentile": percentile, "calibration": None, **options})  # type: ignore[arg-type]


def diagnosed(name: str, recipe: Recipe, *, fixed: bool = False) -> Diagnosis:
    case = CASES[name]
    model, x = build(case), images(case, 12)
    network = convert(model, x, recipe)
    return diagnose(model, network.to_fixed() if fixed else network, x)


CULPRITS = [
    (plain(64, percentile=20.0), "clipping", "larger percentile"),
    (plain(2, threshold="max", schedule="layerwise"), "quantisation", "more steps"),
    (plain(8, threshold="max", initial="zero", schedule="layerwise"), "quantisation", 'initial="half"'),
    (plain(8, reset="zero", initial="zero"), "unevenness", 'reset="subtract"'),
    (Ttfs(percentile=20.0, margin=0.0), "clipping", "margin"),
    (Ttfs(levels=3), "quantisation", "levels"),
    (
        Rate(1, "max", neuron="burst", limit=3, schedule="layerwise", calibration=None),
        "quantisation",
        "twice the limit",
    ),
    (SpikeSelect(64, 2, percentile=100.0), "quantisation", "a larger limit"),
    (FewSpike(2), "quantisation", "one more step"),
]


@pytest.mark.parametrize(("recipe", "culprit", "hint"), CULPRITS)
@pytest.mark.parametrize("name", ["mlp", "lenet"])
def test_the_culprit_is_named(name: str, recipe: Recipe, culprit: str, hint: str) -> None:
    found = diagnosed(name, recipe)
    worst = found.layer(found.worst)
    assert worst.culprit == culprit and hint in found.advice[0]
    assert worst.relative_own_error == max(layer.relative_own_error for layer in found.populations)
    shown = str(found)
    assert f"{found.worst} loses most" in shown and f"mostly {culprit}" in shown and f"try {found.advice[0]}" in shown


@pytest.mark.parametrize("name", ["mlp", "residual"])
def test_nothing_is_wrong_with_an_exact_network(name: str) -> None:
    found = diagnosed(name, Ttfs(ranges="interval"))
    assert found.worst == "" and found.advice == () and "no layer adds more" in str(found)
    for layer in found.populations:
        assert layer.relative_error < 1e-4 and (layer.correlation is None or layer.correlation > 0.9999)
