"""A network as a module of another library: its layers are there, and what no library has is carried by a wrapper."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikewright.snn.interop import norse, sinabs, snntorch, spikingjelly
from tests.snn.every_record import NETWORKS
from tests.snn.interop.agreement import assert_agrees


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("tool", [snntorch, norse, sinabs, spikingjelly])
def test_max_pooling_is_carried_by_a_wrapper(tool: Any, schedule: Any) -> None:
    network, random = replace(NETWORKS["MaxGate"], schedule=schedule), np.random.default_rng(2)
    outcome = assert_agrees(tool, network, (random.integers(0, 17, (6, 2, 4, 4)) / 16).astype(np.float32))
    assert outcome.spikes["b"].sum() > 20


@pytest.mark.parametrize(
    ("tool", "kind"), [(snntorch, "Leaky"), (norse, "IAFCell"), (sinabs, "IAF"), (spikingjelly, "IFNode")]
)
def test_the_module_holds_the_layers_of_the_tool(tool: Any, kind: str) -> None:
    module = getattr(tool, f"to_{tool.__name__.rpartition('.')[2]}")(NETWORKS["Integrator"])
    assert {type(layer).__name__ for layer in module.neurons.values()} == {kind}
    assert set(module.synapses) == {q.name for q in NETWORKS["Integrator"].projections}
