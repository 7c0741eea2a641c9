"""A population is written out as Brian2's equations: what fires has a threshold and a reset, what is deaf keeps its potential."""

from spikewright.snn import IF, LIF, Integrator
from spikewright.snn.interop.brian2_model import _deaf_update, _firing


def test_equations_of_each_neuron() -> None:
    assert _firing(Integrator()) == {}
    assert _firing(IF(1.0, "subtract")) == {"threshold": "v >= theta", "reset": "v -= theta"}
    assert _firing(LIF(1.0, 0.5, "zero", 3)) == {"threshold": "v >= theta and awake > 0", "reset": "v = 0\ndeaf = 3"}


def test_a_deaf_neuron_keeps_its_potential_and_loses_what_arrives() -> None:
    state = {"v": 2.0, "s": 5.0, "b": 1.0, "deaf": 1, "awake": 0}
    exec(_deaf_update(0.5), {"int": int}, state)
    assert (state["v"], state["s"], state["deaf"], state["awake"]) == (2.0, 0, 0, 0)
    exec(_deaf_update(0.5), {"int": int}, state | {"s": 5.0})
    assert state["deaf"] == 0
    awake = state | {"s": 5.0}
    exec(_deaf_update(0.5), {"int": int}, awake)
    assert (awake["v"], awake["awake"]) == (0.5 * 2.0 + 6.0, 1)
