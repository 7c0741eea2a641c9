"""The ends of a network: they never fire."""

import pickle

import pytest

from spikewright.snn import Integrator, Source


@pytest.mark.parametrize("neuron", [Source(), Integrator()])
def test_they_have_no_threshold_and_pickle(neuron) -> None:
    assert not neuron.fires and not neuron.has_threshold
    assert type(pickle.loads(pickle.dumps(neuron))) is type(neuron)


def test_one_begins_and_one_answers() -> None:
    assert (Source().sends, Source().potential) == ("passed on", "none")
    assert (Integrator().sends, Integrator().potential, Integrator().readouts) == ("nothing", "kept", {"potential"})
