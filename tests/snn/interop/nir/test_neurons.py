"""A node with a state is a record under a convention: one unit of current adds what the tool meant it to add."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikewright.snn import IF, LIF, Direct, Integrator
from spikewright.snn.interop.nir import SNNTORCH, Convention, Reading
from spikewright.snn.interop.nir.neurons import neuron_of

nir = pytest.importorskip("nir")
ONES = np.ones(3)


def read(node: Any, **settings: Any) -> tuple[Any, Any]:
    return neuron_of("n", node, (3,), Reading(Direct(4), replace(SNNTORCH, **settings)))


def test_a_leak_is_euler_or_exponential() -> None:
    node = nir.LIF(tau=ONES * 4e-4, r=4 * ONES, v_leak=0 * ONES, v_threshold=ONES)
    law, gain = read(node)
    assert isinstance(law.neuron, LIF) and law.neuron.leak == pytest.approx(0.25) and np.all(gain == 1.0)
    other, plain = read(node, decay="exponential", lif_current="plain")
    assert other.neuron.leak == pytest.approx(1 - np.exp(-0.25)) and np.all(plain == 4.0)


def test_without_leak() -> None:
    node = nir.LIF(tau=ONES * np.inf, r=ONES * np.inf, v_leak=0 * ONES, v_threshold=ONES)
    law, gain = read(node)
    assert isinstance(law.neuron, IF) and gain == 1.0
    law, gain = read(nir.IF(r=2 * ONES, v_threshold=ONES), if_current="time", dt=0.5)
    assert isinstance(law.neuron, IF) and np.all(gain == 1.0)
    assert law.neuron.threshold == np.nextafter(np.float32(1), np.float32(2)) and law.neuron.reset == "zero"


def test_an_integrator_never_fires() -> None:
    law, gain = read(nir.I(r=3 * ONES))
    assert isinstance(law.neuron, Integrator) and np.all(gain == 3.0)


def test_a_tool_that_fires_at_its_threshold() -> None:
    law, _ = neuron_of("n", nir.IF(ONES, ONES), (3,), Reading(Direct(4), Convention(fires="at"), reset="subtract"))
    assert isinstance(law.neuron, IF) and (law.neuron.threshold, law.neuron.reset) == (1.0, "subtract")
