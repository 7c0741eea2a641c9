"""Measures: one number out of the rows of a point's cells, with its interval."""

from types import SimpleNamespace
from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.experiments.exploring.measuring import measured
from spikewright.experiments.exploring.points import Measured
from spikewright.experiments.exploring.section import MeasurePart

NAMES = {"rate": "rate-steps4", "small": "small-bits2", "ann": "ann"}
RECORDS: list[Any] = [
    SimpleNamespace(rows={"accuracy": [{"network": "ann", "accuracy": 0.9, "low": 0.8, "high": 0.95}]}),
    SimpleNamespace(rows={"footprint": [{"network": "small-bits2", "layer": n, "after_bits": 10 * n} for n in (1, 2)]}),
    SimpleNamespace(rows={"accuracy": [{"network": "rate-steps4", "accuracy": 0.7, "low": 0.6, "high": 0.8, "kind": "SNN"}]}),
    SimpleNamespace(rows={"hardware": [
        {"network": "rate-steps4", "lut": 5, "lut_low": 4, "lut_high": 7, "chosen": False, "accuracy": 0.5, "fits": True},
        {"network": "rate-steps4", "lut": 9, "lut_low": 8, "lut_high": 11, "chosen": True, "accuracy": 0.5, "fits": True}]}),
    SimpleNamespace(rows={"robustness": [{"model": "rate-steps4", "strength": s, "accuracy": 1 - s, "low": 0.0, "high": 1.0}
                                         for s in (0.0, 0.1)]}),
]  # fmt: skip


def of(name: str, **part: Any) -> Measured:
    return measured(name, MeasurePart.model_validate(part), [RECORDS], NAMES)


@pytest.mark.parametrize(
    "name, part, expected",
    [
        ("accuracy", {}, Measured(0.7, 0.6, 0.8)),
        ("accuracy", {"of": "ann"}, Measured(0.9, 0.8, 0.95)),
        ("lut", {}, Measured(9, 8, 11)),
        ("mine", {"column": "hardware.lut", "where": {"chosen": False}}, Measured(5, 4, 7)),
        ("after_bits", {"take": "sum"}, Measured(30)),
        ("after_bits", {"take": "last"}, Measured(20)),
        ("robustness.accuracy", {"where": {"strength": 0.1}}, Measured(0.9, 0.0, 1.0)),
        ("robustness.accuracy", {"take": "min"}, Measured(0.9, 0.0, 1.0)),
        ("robustness.accuracy", {"take": "mean"}, Measured(0.95, 0.0, 1.0)),
    ],
)
def test_one_number(name: str, part: dict[str, Any], expected: Measured) -> None:
    assert of(name, **part) == expected


@pytest.mark.parametrize(
    "name, part, said",
    [
        ("after_bits", {}, "expected one row of footprint for after_bits, got 2; try where: .* or take: mean"),
        ("accuracy", {"of": "small"}, "got none; try another where or of"),
        ("hardware.lutt", {}, "got 'hardware.lutt'; try hardware.lut"),
        ("hardware.fits", {"where": {"chosen": True}}, r"expected a number in hardware.fits, got True"),
        ("kind", {}, r"expected a number in accuracy.kind, got 'SNN'"),
    ],
)
def test_what_is_no_number_is_refused(name: str, part: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        of(name, **part)


def test_seeds_are_averaged_with_their_intervals() -> None:
    other: list[Any] = [
        SimpleNamespace(rows={"accuracy": [{"network": "ann", "accuracy": 0.5, "low": 0.4, "high": 0.75}]})
    ]
    found = measured("accuracy", MeasurePart(of="ann"), [RECORDS, other], NAMES)
    assert (found.value, found.low, found.high) == pytest.approx((0.7, 0.6, 0.85))
