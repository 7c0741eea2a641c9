"""Columns of a line: density counts hidden neurons alone."""

import numpy as np
import pytest

from benchmarks.entries import agreement_columns, work_columns
from benchmarks.equality import Agreement
from spikewright.snn import simulate
from tests.snn.every_record import NETWORKS


def test_density_is_spikes_per_hidden_neuron_and_step() -> None:
    network = NETWORKS["Integrator"]
    shape = network.by_name[network.input].shape
    activity = simulate(network, np.random.default_rng(0).random((3, *shape)).astype(np.float32))
    columns = work_columns(activity)
    hidden = [p for p in network.order[1:-1] if p.name in activity.spikes]
    spikes = sum(float(activity.spikes[p.name].sum()) for p in hidden)
    wanted = spikes / 3 / sum(p.size for p in hidden) / network.steps
    assert columns["density"] == pytest.approx(wanted) and columns["synaptic_operations_per_image"] > 0


def test_what_differs_is_in_the_row() -> None:
    assert agreement_columns(Agreement(4, 0.25, 0.5, 1e-7), False) == {
        "equal": False,
        "predictions_differ": 0.25,
        "images_with_other_counts": 0.5,
        "potentials_apart": 1e-7,
    }
