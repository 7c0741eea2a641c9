"""Bias, multiplier and the bits that are multiplied."""

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright import snn
from spikewright.hardware.circuit.mac.requantisers import Requantiser, sending_order
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes


def requantiser(bias: Any, neuron: Any, *, width: int = 12, initial: int = 0) -> Requantiser:
    """That of three outputs."""
    populations = (
        snn.Population("input", (2,), snn.Source()),
        snn.Population("out", (3,), neuron, bias, initial, width),
    )
    projection = snn.Projection("input", "out", snn.Linear(np.ones((3, 2), np.int8)))
    readout: Any = "count" if neuron.sends == "values" else "potential"
    network = snn.Network(
        populations, (projection,), "input", "out", snn.Direct(1, 9), readout=readout, numbers="fixed"
    )
    circuit = Circuit(network, {"out": PhysicalLanes(2)}, Path())
    return Requantiser.of(circuit, network.by_name["out"])


@given(st.integers(1, 2000), st.integers(0, 14), st.integers(1, 255), st.integers(2, 24), st.data())
def test_bits_that_are_not_multiplied_change_nothing(
    multiplier: int, shift: int, levels: int, width: int, data: st.DataObject
) -> None:
    found = requantiser(0, snn.QuantReLU(multiplier, shift, levels), width=width)
    potential = data.draw(st.integers(-(2 ** (width - 1)), 2 ** (width - 1) - 1))
    kept = min(max(potential, 0), 2**found.kept - 1)
    wanted, got = ((2 * v * multiplier + 2**shift) >> (shift + 1) for v in (potential, kept))
    assert min(max(wanted, 0), levels) == min(max(got, 0), levels)


def test_words_for_all_for_channels_and_for_what_answers() -> None:
    assert requantiser(4, snn.QuantReLU(3, 2, 7)).words == [[(4, 4), (3, 2)]]
    channels = requantiser(np.array([1, -2, 3]), snn.QuantReLU(np.array([1, 2, 4]), 2, 7))
    assert channels.per == 1 and channels.rows.tolist() == [[1, 1], [2, -2], [4, 3]]
    answers = requantiser(np.array([1, -2, 3]), snn.Integrator(), initial=5)
    assert answers.rows[:, 1].tolist() == [6, 3, 8] and answers.levels == 0
    assert answers.total == (2 * 9 + 3 + 5).bit_length() + 1


def test_biases_of_single_outputs_are_stored_as_they_are_sent() -> None:
    blocks = LayerBlocks((3, 2, 2), PhysicalLanes(2, 1, 2))
    c, y, x = sending_order(blocks)
    assert list(zip(c.tolist(), y.tolist(), x.tolist(), strict=True)) == [
        (0, 0, 0),
        (1, 0, 0),
        (0, 0, 1),
        (1, 0, 1),
        (2, 0, 0),
        (2, 0, 1),
        (0, 1, 0),
        (1, 1, 0),
        (0, 1, 1),
        (1, 1, 1),
        (2, 1, 0),
        (2, 1, 1),
    ]
