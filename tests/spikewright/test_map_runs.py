"""Maps in few numbers: they unfold to what they were, the orders of networks are a few runs, and what is no map is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.index_maps import IndexMap
from spikewright.map_runs import MapRuns, runs_of

NUMBERS = np.arange(24).reshape(4, 2, 3)


@given(source=st.integers(1, 9), shape=st.lists(st.integers(1, 4), min_size=1, max_size=3), seed=st.integers(0, 2**20))
def test_any_map_unfolds_to_what_it_was(source: int, shape: list[int], seed: int) -> None:
    found = IndexMap.of((source,), np.random.default_rng(seed).integers(-1, source, tuple(shape)))
    back = runs_of(found).unfolded()
    assert back.source == found.source and back.addresses.tolist() == found.addresses.tolist()


@pytest.mark.parametrize(
    ("places", "runs"),
    [
        (NUMBERS, ((24, 1),)),
        (NUMBERS.reshape(2, 2, 2, 3).swapaxes(0, 1), ((2, 6), (2, 12), (6, 1))),
        (NUMBERS[..., ::-1], ((8, 3), (3, -1))),
        (NUMBERS.repeat(2, axis=2), ((24, 1), (2, 0))),
        (NUMBERS[2], ((6, 1),)),
        (np.full((4, 3), -1), ((12, 0),)),
        (np.where(np.arange(4)[:, None, None] % 2, -1, NUMBERS), ((6, 1),)),
    ],
    ids=["identity", "shuffle", "flip", "upsampling", "slice", "nothing", "zero channels"],
)
def test_orders_of_networks_are_a_few_runs(places: np.ndarray, runs: tuple[tuple[int, int], ...]) -> None:
    found = runs_of(IndexMap.of((4, 2, 3), places))
    assert found.runs == runs and found.starts.size <= 4
    assert found.unfolded().addresses.tolist() == places.tolist()


@pytest.mark.parametrize(
    ("runs", "starts"),
    [
        (((3, 1),), np.array([0], np.int32)),  # three for four places
        (((4, 2),), np.array([0], np.int32)),  # beyond the source
        (((2, -2), (2, 3)), np.array([0], np.int32)),  # below it, on the way
        ((), np.array([0, 1, 2, -2])),
        ((), np.array([0.0, 1.0, 2.0, 3.0])),
        ((), np.array([[0, 1], [2, 3]])),
        (((4, 2**31 - 1),), np.array([2])),
    ],
)
def test_what_leads_out_of_the_source_is_refused(runs: tuple[tuple[int, int], ...], starts: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected"):
        MapRuns((6,), (4,), runs, starts).unfolded()
