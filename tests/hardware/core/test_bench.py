"""The bench of an exported core: it passes, and tells what differs."""

import pytest

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.core.bench import BenchSizes, bench_text
from tests.hardware.small_networks import perceptron


@pytest.fixture
def text(tmp_path) -> str:
    circuit = Circuit(perceptron((12, 6, 3), steps=4), {"h0": PhysicalLanes(2), "out": PhysicalLanes()}, tmp_path)
    return bench_text(circuit, BenchSizes(2, 50, 10, {1: 20}))


def test_it_reads_all_traces_and_counts_all_words(text: str) -> None:
    for file in ("input", "answers", "p01_events"):
        assert f'"../golden/{file}.mem"' in text
    assert "stream[0:50-1]" in text and "answers[0:10-1]" in text and "events1[0:20-1]" in text
    assert "at == 50 && answered == 10 && at1 == 20" in text


def test_cycles_are_compared_where_they_are_known(text: str, tmp_path) -> None:
    circuit = Circuit(perceptron((12, 6, 3), steps=4), {"h0": PhysicalLanes(2), "out": PhysicalLanes()}, tmp_path)
    timed = bench_text(circuit, BenchSizes(2, 50, 10, {1: 20}, (70, 90)))
    assert "due[0] = 70;" in timed and "due[1] = 90;" in timed and "differ in time" in timed
    assert "due[0] =" not in text and "differ in time" not in text


def test_no_place_of_the_template_is_left(text: str) -> None:
    assert "{" not in text and "}" not in text
