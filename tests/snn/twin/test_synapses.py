"""Projections in torch are those of the reference, pools, slices and shifts included."""

import numpy as np
import pytest
import torch

from spikewright.snn.reference.synapses import send
from spikewright.snn.twin.synapses import Path, as_column
from tests.snn.every_record import NETWORKS


@pytest.mark.parametrize("name", sorted(NETWORKS))
@pytest.mark.parametrize("fixed", [False, True])
def test_what_a_projection_brings(name: str, fixed: bool) -> None:
    network = NETWORKS[name].to_fixed() if fixed else NETWORKS[name]
    random = np.random.default_rng(3)
    for projection in network.projections:
        if projection.synapse.compares:
            continue
        values = random.integers(-3, 4, (2, *network.by_name[projection.source].shape))
        made = Path(network, projection, torch.float64)(torch.tensor(values, dtype=torch.float64)).detach().numpy()
        wanted = send(network, projection, values.astype(np.int64 if fixed else np.float64))
        np.testing.assert_allclose(made, wanted, rtol=0, atol=0 if fixed else 1e-12)


def test_values_of_channels_stand_in_a_column() -> None:
    assert as_column([1, 2], (2, 3, 3), torch.float32).shape == (2, 1, 1)
    assert as_column(1.5, (2, 3, 3), torch.float32).shape == ()
    assert as_column(np.ones((2, 3, 3)), (2, 3, 3), torch.float32).shape == (2, 3, 3)
