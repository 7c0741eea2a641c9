"""Generated networks have the density, the masks and the sizes that were asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine_kernel import bare_adds, delivery
from benchmarks.generated import BLOCK, MASKS, Mask, Shape, generate, masked, surviving
from spikewright import InvalidInput
from spikewright.snn import simulate


@pytest.mark.parametrize("density", [0.01, 0.1, 0.5])
def test_density_is_what_was_asked_for(density: float) -> None:
    network, images = generate(Shape(channels=16, side=8, steps=32, density=density), 4)
    found = simulate(network, images).density
    assert found["first"] == pytest.approx(density, rel=0.15, abs=0.003)
    assert found["conv"] == pytest.approx(density, rel=0.5)


@given(st.sampled_from(MASKS), st.sampled_from([0.25, 0.5, 0.75, 0.9375]), st.integers(0, 99))
def test_masks_prune_their_share_in_their_pattern(mask: Mask, sparsity: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kept = masked(np.ones((64, 16, 3, 3), np.float32), mask, sparsity, rng) != 0
    assert kept.mean() == pytest.approx(1 - sparsity, abs=0.1)
    blocks = kept.reshape(64 // BLOCK, BLOCK, -1).sum(axis=1)
    if mask == "channel blocks":
        assert set(np.unique(blocks)) <= {0, BLOCK}
    if mask == "N:M":
        assert np.unique(blocks).size == 1


def test_no_sparsity_keeps_everything_and_a_wrong_one_is_refused() -> None:
    rng, values = np.random.default_rng(0), np.ones((32, 4, 3, 3), np.float32)
    assert masked(values, "N:M", 0.0, rng) is values
    with pytest.raises(InvalidInput, match="sparsity"):
        masked(values, "N:M", 1.0, rng)
    with pytest.raises(InvalidInput, match="multiple"):
        masked(values[:20], "channel blocks", 0.5, rng)


def test_sparse_storage_holds_the_same_weights() -> None:
    values = masked(np.ones((16, 4, 3, 3), np.float32), "unstructured", 0.5, np.random.default_rng(0))
    assert np.array_equal(surviving(values).values(), values)


@pytest.mark.parametrize("kind", ["int16", "float32"])
def test_the_kernel_alone_counts_the_operations_of_a_simulation(kind: str) -> None:
    network, _ = generate(Shape(channels=16, side=8, steps=4), 2)
    call, additions = delivery(network, "first->conv", np.dtype(kind), 1.0, 3)
    call()
    inside = (8 * 3 - 2) ** 2  # kernel rows times map rows, less the two that fall off the border; the same for columns
    assert additions == 3 * inside * 16 * 16


def test_the_bare_loop_does_as_much_as_it_says() -> None:
    call, additions = bare_adds(48, 48 * 12, 10_000, np.dtype(np.float32))
    call()
    assert additions >= 10_000
    assert additions % (8 * 48) == 0
