"""Bits are those of the memories that the circuit has, each counted once."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.hardware import design
from spikewright.hardware.costs.stored_bits import StoredBits
from spikewright.hardware.design_points import layers_of
from spikewright.hardware.placing import place
from spikewright.snn import Linear, Network, sparse
from tests.hardware.cosim.pruned import shared
from tests.hardware.small_networks import perceptron, pruned


def stored(network: Network, lanes: int = 4) -> tuple[StoredBits, int]:
    point = design(network, {p.name: min(lanes, p.shape[0]) for p in layers_of(network)})
    placement = place(network, point)
    return StoredBits.of(placement), placement.total_bits


@pytest.mark.parametrize(
    "network",
    [perceptron((40, 16, 8)), pruned(perceptron((40, 16, 8)), 9), shared(perceptron((40, 16, 8)), 0)],
    ids=str,
)
def test_nothing_is_counted_twice_or_left_out(network: Network) -> None:
    found, total = stored(network)
    assert found.total == total
    assert min(found.weights, found.index, found.codebooks, found.state, found.others) >= 0


def test_a_dense_layer_by_hand() -> None:
    found, _ = stored(perceptron((40, 16, 8)))
    # 40 x 16 and 16 x 8 weights of 8 bits, in rows of four.
    assert (found.weights, found.index, found.codebooks, found.rows) == (8 * (640 + 128), 0, 0, (640 + 128) // 4)


def test_narrower_weights_never_take_more() -> None:
    sizes = [stored(perceptron((40, 16, 8), bits=8, limit=limit))[0].weight_memory for limit in (1, 3, 7, 31, 127)]
    assert sizes == sorted(sizes)


def test_shared_weights_are_codes_and_a_table_for_each_lane() -> None:
    found, _ = stored(shared(perceptron((40, 16, 8)), 0))
    # four weights, two bits a code; a table of four weights of 8 bits for each of four lanes in both layers.
    assert (found.weights, found.codebooks) == (2 * (640 + 128), 2 * 4 * 4 * 8)


@pytest.mark.parametrize("seed", range(4))
def test_of_nested_masks_the_sparser_never_takes_more_rows(seed: int) -> None:
    """Whole blocks of four outputs are pruned, more and more of them."""
    order = np.random.default_rng(seed).permutation(40 * 4)
    rows = []
    for left in (160, 80, 40, 20, 5):
        kept = np.zeros(160, bool)
        kept[order[:left]] = True
        network = perceptron((40, 16, 8))
        rows.append(stored(_masked(network, kept.reshape(4, 40).repeat(4, axis=0)))[0])
    assert [one.rows for one in rows] == sorted((one.rows for one in rows), reverse=True)
    assert rows[-1].weight_memory < rows[0].weight_memory / 3


def _masked(network: Network, kept: np.ndarray) -> Network:
    first, *others = network.projections
    values = np.where(kept, first.synapse.weights.values(), 0)
    places = np.flatnonzero(values)
    return replace(
        network,
        projections=(replace(first, synapse=Linear(sparse(values.shape, places, values.reshape(-1)[places]))), *others),
    )
