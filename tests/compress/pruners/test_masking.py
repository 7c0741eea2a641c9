"""Masks: blocks live or die whole, exactly n of m survive, and the share of weights or additions is met within a block."""

from math import ceil

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.compress import Pattern
from spikewright.compress.pruners.masking import magnitude_masks

SHAPES = st.tuples(st.integers(1, 70), st.integers(1, 6), st.integers(1, 3), st.integers(1, 3))
BLOCK = st.sampled_from([8, 16, 32])
SEED = st.integers(0, 1000)


def layers(shapes: list[tuple[int, ...]], seed: int) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Random weights by layer name, and masks that keep all of them."""
    generator = torch.Generator().manual_seed(seed)
    weights = {str(place): torch.randn(shape, generator=generator) for place, shape in enumerate(shapes)}
    return weights, {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in weights.items()}


def norms(weight: torch.Tensor, mask: torch.Tensor, block: int) -> tuple[list[float], list[float]]:
    """Root mean squares of the blocks that stayed and of those that went; fails on a block that is neither."""
    stayed: list[float] = []
    went: list[float] = []
    for part, kept in zip(weight.split(block), mask.split(block), strict=True):
        assert torch.equal(kept.all(0), kept.any(0))
        size = part.square().mean(0).sqrt()
        stayed += size[kept[0]].tolist()
        went += size[~kept[0]].tolist()
    return stayed, went


@given(st.lists(SHAPES, min_size=1, max_size=3), BLOCK, st.floats(0, 0.95), st.sampled_from(["global", "layer"]), SEED)
def test_blocks_live_or_die_whole_and_the_sparsity_is_met_within_one(
    shapes: list[tuple[int, ...]], block: int, sparsity: float, scope: str, seed: int
) -> None:
    weights, alive = layers(shapes, seed)
    try:
        masks = magnitude_masks(weights, alive, sparsity, scope, Pattern("channel-block", block))
    except InvalidInput as error:
        assert "at most" in str(error)  # the layers' minimum
        return
    for name, weight in weights.items():
        stayed, went = norms(weight, masks[name], block)
        assert int(masks[name].sum()) >= min(weight.shape[0], weight.numel())
        if scope == "layer" and stayed and went:
            assert min(stayed) >= max(went) - 1e-5 or len(weight) % block  # a short block may fill what is left
    groups = [list(masks)] if scope == "global" else [[name] for name in masks]
    for group in groups:
        total, kept = (
            sum(int(t[name].numel() if t is weights else t[name].sum()) for name in group) for t in (weights, masks)
        )
        wanted = round((1 - sparsity) * total)
        assert wanted - block < kept <= wanted


@given(SHAPES, st.integers(2, 9), st.data(), st.sampled_from(["output", "input"]), SEED)
def test_exactly_n_of_m_survive_and_they_are_the_largest(
    shape: tuple[int, ...], m: int, data: st.DataObject, along: str, seed: int
) -> None:
    n = data.draw(st.integers(1, m))
    weights, alive = layers([shape], seed)
    pattern = Pattern("n:m", m, along)
    pattern.check(1 - n / m, "layer")
    try:
        mask = magnitude_masks(weights, alive, 1 - n / m, "layer", pattern)["0"]
    except InvalidInput as error:
        assert "as many weights as outputs" in str(error)
        return
    axis = ("output", "input").index(along)
    for part, kept in zip(weights["0"].abs().split(m, axis), mask.split(m, axis), strict=True):
        count = ceil(n * part.shape[axis] / m - 1e-9)
        assert (kept.sum(axis) == count).all()
        least = torch.where(kept, part, torch.inf).amin(axis)
        assert (least >= torch.where(kept, -1.0, part).amax(axis)).all()


@pytest.mark.parametrize(
    "pattern", [Pattern(), Pattern("channel-block", 8), Pattern("n:m", 8), Pattern("n:m", 4, "input")], ids=str
)
def test_what_went_never_comes_back_and_a_second_time_changes_nothing(pattern: Pattern) -> None:
    weights, alive = layers([(20, 6, 3, 3), (12, 20)], 1)
    for sparsity in (0.25, 0.5, 0.75, 0.75):
        masks = magnitude_masks(weights, alive, sparsity, "layer", pattern)
        assert not any((mask & ~alive[name]).any() for name, mask in masks.items())
        same = all(torch.equal(mask, alive[name]) for name, mask in masks.items())
        weights = {name: weight * masks[name] + 0 for name, weight in weights.items()}
        alive = masks
    assert same


def test_a_block_by_hand() -> None:
    weight = torch.zeros(10, 2)
    weight[:8, 0], weight[:8, 1], weight[8:, 0], weight[8:, 1] = 1.0, 2.0, 3.0, 0.5
    masks = magnitude_masks({"w": weight}, {"w": weight > 0}, 0.5, "global", Pattern("channel-block", 8))
    # Ten of twenty stay: the short block of size 3 and the block of size 2 are 2 + 8 weights.
    assert masks["w"].tolist() == [[False, True]] * 8 + [[True, False]] * 2


@given(st.floats(0, 0.9), st.sampled_from(["global", "layer"]), st.integers(0, 50))
def test_masks_keep_the_largest_and_a_minimum(sparsity: float, scope: str, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    weights = {name: torch.randn(4, size, generator=generator) * size for name, size in (("a", 15), ("b", 40))}
    masks = magnitude_masks(weights, {name: torch.rand(w.shape) < 2 for name, w in weights.items()}, sparsity, scope)
    for name, mask in masks.items():
        assert int(mask.sum()) >= 4
        if mask.any() and not mask.all():
            assert float(weights[name][mask].abs().min()) >= float(weights[name][~mask].abs().max())
    kept = sum(int(mask.sum()) for mask in masks.values())
    assert kept == (round((1 - sparsity) * 220) if scope == "global" else kept)


@given(st.lists(SHAPES, min_size=1, max_size=3), st.floats(0, 0.9), st.sampled_from(["global", "layer"]), SEED)
def test_a_share_of_the_additions_is_met_within_one_block(
    shapes: list[tuple[int, ...]], sparsity: float, scope: str, seed: int
) -> None:
    weights, alive = layers(shapes, seed)
    each = {name: torch.rand(weight.shape, dtype=torch.float64).round(decimals=1) for name, weight in weights.items()}
    try:
        masks = magnitude_masks(weights, alive, sparsity, scope, Pattern("channel-block", 8), each)
    except InvalidInput as error:
        assert "at most" in str(error)
        return
    for group in [list(masks)] if scope == "global" else [[name] for name in masks]:
        total, kept = (sum(float((each[n] * t[n]).sum()) for n in group) for t in (alive, masks))
        assert kept <= (1 - sparsity) * total + 1e-6
        assert kept >= (1 - sparsity) * total - 8 or all(masks[name].sum() >= weights[name].shape[0] for name in group)
        assert sparsity or all(masks[name].all() for name in group)


def test_additions_by_hand() -> None:
    weight, each = torch.tensor([[4.0, 3.0, 2.0, 9.0, 1.0]]), torch.tensor([[5.0, 1.0, 2.0, 0.0, 2.0]]).double()
    masks = magnitude_masks({"w": weight}, {"w": weight > 0}, 0.4, "layer", additions={"w": each})
    # Of ten additions six may stay: 5 of the 4 and 1 of the 3; the 9 is the largest, but no neuron that it reads ever fires.
    assert masks["w"].tolist() == [[True, True, False, False, False]]
    dead = magnitude_masks({"w": weight}, {"w": weight > 0}, 0.4, "layer", additions={"w": 0 * each})
    assert dead["w"].tolist() == [[True, False, False, False, False]]  # one weight an output stays, the first of equals
    whole = magnitude_masks({"w": weight}, {"w": weight > 0}, 0.0, "layer", additions={"w": each})
    assert whole["w"].all()
