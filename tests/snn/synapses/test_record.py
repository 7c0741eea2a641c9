"""What every synapse says of itself, and windows."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import Identity, Linear, Windows
from spikewright.snn.synapses import SYNAPSES, Synapse, pooled_shape


def test_weights_a_gain_or_neither() -> None:
    assert Linear(np.ones((1, 2))).gain is None and Identity(2.0).weights is None
    assert Windows((1, 1), (1, 1)).compares and all(kind.compares == (kind is Windows) for kind in SYNAPSES)


def test_others_in_their_place() -> None:
    assert Identity(2.0).with_gain(3.0).gain == 3.0
    changed = Linear(np.ones((1, 2))).with_weights(Linear(np.zeros((1, 2))).weights)
    assert not changed.weights.values().any()


def test_a_synapse_without_a_shape_says_so() -> None:
    with pytest.raises(NotImplementedError, match="Identity to say what shape"):
        Synapse._shape(Identity(), (2,))


@pytest.mark.parametrize(("pool", "wanted"), [((1, 1), (2, 5, 4)), ((2, 2), (2, 2, 2)), ((5, 3), (2, 1, 1))])
def test_a_pool_drops_what_fills_no_window(pool, wanted) -> None:
    assert pooled_shape((2, 5, 4), pool) == wanted


@pytest.mark.parametrize(
    ("shape", "pool"), [((2, 5, 4), (6, 1)), ((2, 5), (2, 1)), ((2, 5, 4), (0, 1)), ((2, 5, 4), (1.5, 1))]
)
def test_a_pool_that_does_not_fit(shape, pool) -> None:
    with pytest.raises(InvalidNetwork, match="pool"):
        pooled_shape(shape, pool)
