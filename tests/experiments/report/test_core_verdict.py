"""The exported core beside the integer CNN."""

from typing import Any

from spikewright import Table
from spikewright.experiments.report.core_verdict import core_finding
from tests.experiments.report.test_findings import design

ACCURACY = Table.of(
    {"network": n, "kind": k, "accuracy": 0.9, "low": 0.8, "high": 0.95, "samples": 50}
    for n, k in (("rate", "SNN"), ("integer", "integer CNN"))
)


def told(*rows: dict[str, Any], accuracy: Table = ACCURACY) -> dict[str, str]:
    found = core_finding(Table.of(rows), accuracy)
    return {topic: text.replace("\N{NO-BREAK SPACE}", " ") for topic, text in found}


CORE = design("rate", 2.0, chosen=True, physical_neurons="1/2", lut=100.0, latency_us=3.0)


def test_without_a_core_there_is_nothing_to_say() -> None:
    assert told(design("rate", 1.0)) == {}


def test_it_wins_loses_and_is_level() -> None:
    found = told(CORE, design("integer", 9.0, lut=100.0, latency_us=1.0))
    assert "energy, 2 against 9 µJ (4.5 times), bounds apart" in found["The core wins in"]
    assert "latency, 3 against 1 µs (3 times)" in found["The core loses in"]
    assert "DSP" in found["The two are level in"] and "LUT" in found["The two are level in"]
    assert "intervals overlap" in found["Exported core: rate"]


def test_the_opponent_is_no_larger_where_there_is_such_a_one() -> None:
    large, small = design("integer", 1.0, lut=500.0), design("integer", 8.0, lut=50.0)
    assert "no larger" in told(CORE, large, small)["Exported core: rate"]
    assert "smallest design" in told(CORE, large)["Exported core: rate"]


def test_without_an_integer_cnn_it_says_so() -> None:
    assert "no design of an integer CNN" in told(CORE)["Exported core: rate"]
    own = {**CORE, "network": "integer"}
    assert "no design of an integer CNN" in told(own)["Exported core: integer"]
