"""Weights outside the device."""

from dataclasses import replace

import pytest

from spikewright import InvalidInput
from spikewright.hardware import DEVICES, ExternalMemory, design, estimate, stream_weights
from tests.hardware.small_networks import active, perceptron

LANES = {"h0": 8, "h1": 8, "out": 2}


def _case(blocks: int):
    network = perceptron((256, 128, 64, 10))
    activity = active(network, {"in": 100, "h0": 40, "h1": 10})
    device = replace(DEVICES["ecp5-25k"], name="mine", blocks=blocks, also=())
    return network, activity, design(network, LANES, device=device)


def test_a_design_that_is_loaded_is_refused() -> None:
    network, activity, point = _case(100)
    with pytest.raises(InvalidInput, match="not loaded at run time, got loads=True"):
        stream_weights(network, activity, replace(point, loads=True))


def test_nothing_moves_where_it_fits() -> None:
    network, activity, point = _case(500)
    found = stream_weights(network, activity, point)
    assert found.streamed == () and len(found.table) == 0
    assert repr(found) == f"StreamedDesign({found.estimate!r}; weights outside: none)"
    assert found.estimate.fpga_energy_uj == estimate(network, activity, point).fpga_energy_uj


def test_the_largest_goes_first_until_it_fits() -> None:
    network, activity, point = _case(500)
    before = estimate(network, activity, point)
    network, activity, point = _case(before.blocks - 1)
    found = stream_weights(network, activity, point, ExternalMemory(1e6))
    (one,) = found.streamed
    assert one.projection == network.incoming["h0"][0].name and one.row_bits == 8 * 8
    assert found.estimate.blocks == before.blocks - one.blocks_saved and found.estimate.fits
    assert found.estimate.latency_cycles == before.latency_cycles  # rows come as fast as they are added
    assert one.read_bits == one.pass_cycles * 64 and one.streamed_cycles == one.pass_cycles


def test_a_slow_memory_makes_each_pass_take_its_row() -> None:
    network, activity, point = _case(500)
    blocks = estimate(network, activity, point).blocks
    network, activity, point = _case(blocks - 1)
    (one,) = stream_weights(network, activity, point, ExternalMemory(1.6)).streamed  # 16 bits in a cycle of 10 ns
    assert one.streamed_cycles == pytest.approx(4 * one.pass_cycles)
    assert one.pass_cycles == pytest.approx(100 * 128 / 8)
    slow = stream_weights(network, activity, point, ExternalMemory(1.6)).estimate
    assert slow.latency_cycles.value > estimate(network, activity, point).latency_cycles.value
    assert slow.fpga_energy_uj.value > 0


def test_too_small_for_the_rest_and_a_memory_of_nothing() -> None:
    network, activity, point = _case(0)
    point = design(network, {}, device=point.fpga)  # potentials of 128 and 64 rows need blocks of their own
    with pytest.raises(InvalidInput, match=r"with all weights outside \(\d+ too many\); try fewer lanes"):
        stream_weights(network, activity, point)
    with pytest.raises(InvalidInput, match="try ExternalMemory"):
        ExternalMemory(0.0)
