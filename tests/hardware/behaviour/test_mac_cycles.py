"""The law of a MAC core by hand; beside the circuit it stands in tests/hardware/cosim/test_mac_timing.py."""

from pathlib import Path

import numpy as np

from spikewright.hardware.behaviour.mac_cycles import block_outputs, block_steps, mac_over, mac_times
from spikewright.hardware.circuit.mac.sources import sources_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from tests.hardware.cosim.drawn_macs import drawn_mac, drawn_mac_lanes
from tests.hardware.small_networks import formal


def test_a_perceptron_by_hand() -> None:
    """784-128-10, 32 lanes and one: 785 words in, 4 blocks of 784 steps, then 10 of 128."""
    circuit = Circuit(formal(), {"h0": PhysicalLanes(32), "out": PhysicalLanes(1)}, Path())
    times = mac_times(circuit, 3)
    assert times["in"][0].tolist() == list(range(785)) and times["in"][1, 0] == 785
    load = 784 + 1
    first, last = load + 784 + 11 + 8, load + 4 * 784 + 11 + 8
    assert times["h0"][0, 0] == first and times["h0"][0, -1] == last + 32
    assert np.all(np.diff(times["h0"][0, :32]) == 1)
    load = last + 32 + 1
    assert times["out"][0, 0] == load + 128 + 19 and times["out"][0, -1] == load + 10 * 128 + 19 + 1
    assert times["in"][2, 0] == 785 + 4 * 784 + 3  # a half is free three cycles after the last step of the first image
    assert times["h0"][2, 0] - times["h0"][1, 0] == 4 * 784  # the pace of the slowest layer
    assert np.array_equal(mac_over(circuit, times), times["out"][:, -1] + 10 + 4)  # a look at each of ten logits


def test_blocks_at_the_edge_have_fewer_outputs() -> None:
    for seed in range(8):
        network = drawn_mac(seed)
        circuit = Circuit(network, drawn_mac_lanes(network, seed), Path())
        for population in circuit.inner:
            sources = sources_of(circuit, population)
            outputs, steps = block_outputs(sources[0]), block_steps(sources)
            assert outputs.sum() == population.size and len(outputs) == len(steps) and steps.min() >= 1


def test_times_rise_and_later_images_do_not_overtake() -> None:
    for seed in range(8):
        network = drawn_mac(seed)
        circuit = Circuit(network, drawn_mac_lanes(network, seed), Path())
        for times in mac_times(circuit, 4).values():
            assert np.all(np.diff(times.reshape(-1)) >= 1)
