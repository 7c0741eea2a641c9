"""Patterns of pruning: what cannot be is refused with a way out."""

import pytest
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import Pattern, Prune, PruneSettings, prune


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: PruneSettings(pattern="rows"), "pattern to be"),
        (lambda: PruneSettings(pattern="channel-block", block=12), "block of"),
        (lambda: PruneSettings(block=8), "no block"),
        (lambda: PruneSettings(pattern="channel-block", along="input"), "try 'n:m'"),
        (lambda: PruneSettings(pattern="n:m", scope="layer", block=1), "at least 2"),
        (lambda: PruneSettings(pattern="n:m"), "scope 'layer'"),
        (
            lambda: prune(nn.Linear(16, 16), 0.9, settings=PruneSettings(pattern="n:m", scope="layer")),
            "try 0.875 for 1:8",
        ),
        (lambda: prune(nn.Linear(2, 80), 0.875, settings=PruneSettings(pattern="n:m", scope="layer")), "larger n"),
        (lambda: PruneSettings(pattern="n:m", scope="layer", counted="additions"), "try 'channel-block'"),
        (lambda: Prune(0.875, pattern="n:m", scope="layer", counted="additions"), "try 'channel-block'"),
        (lambda: PruneSettings(counted="spikes"), "counted to be"),
        (lambda: prune(nn.Linear(4, 4), 0.5, settings=PruneSettings(counted="additions")), "got none; try prune"),
        (lambda: prune(nn.Linear(2, 64), 0.9, settings=PruneSettings(pattern="channel-block")), "at most"),
    ],
)
def test_what_cannot_be_is_refused(call, reason: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput, match=reason):
        call()


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (Pattern(), "unstructured"),
        (Pattern.of("channel-block"), "blocks of 16 output channels"),
        (Pattern.of("n:m", along="input"), "n:8 along the input"),
    ],
)
def test_a_pattern_says_what_it_is(pattern: Pattern, told: str) -> None:
    assert str(pattern) == told
