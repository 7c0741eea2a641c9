"""A wrong answer beside other programs ends a command with status 1, and so does a network of which nothing was measured."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import comparisons
from benchmarks.options import Options
from spikewright import Table

OPTIONS = Options(("small-digits",), None, Path("unused"), (7,), 64, 128, 3, 2, True, Path("unused"))
ROW = {
    "network": "small-digits", "steps": 7, "runner": "event fixed", "share_of_fastest_library": None, "times_cnn": None,
    "channels": 64, "density": 0.1, "microseconds": 5.0,
}  # fmt: skip


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The status of a command that measured rows with these answers in `equal`, of a network."""

    def status(command: Callable[[Options], int], *equal: Any, network: str = "small-digits") -> int:
        rows = Table.of({**ROW, "equal": one, "network": network} for one in equal)
        monkeypatch.setattr(comparisons, "measured", lambda options, wanted: rows)
        monkeypatch.setattr(comparisons, "publish", lambda *published: None)
        return command(OPTIONS)

    return status


@pytest.mark.parametrize("command", [comparisons.peers, comparisons.latency, comparisons.few])
def test_a_wrong_answer_and_a_network_without_rows(
    ends: Callable[..., int], command: Callable[[Options], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.few.reaches_cnn", lambda table: True)
    assert ends(command, True, True) == 0
    assert ends(command, True, False) == 1
    assert ends(command, True, network="another") == 1


def test_only_sums_in_bfloat16_may_differ(ends: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.crossover.crossings", lambda table: {})
    assert ends(comparisons.crossover, True) == 0
    assert ends(comparisons.crossover, True, False) == 1
    monkeypatch.setitem(ROW, "runner", "torch bfloat16")
    assert ends(comparisons.crossover, False) == 0
