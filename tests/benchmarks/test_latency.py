"""One image at a time: every program is timed on single images, and shares are of the fastest library that answers rightly."""

import numpy as np
import pytest

from benchmarks import latency
from benchmarks.latency import Latency, one_by_one, reaches_latency
from spikewright import Table


def test_a_call_for_each_image() -> None:
    seen: list[tuple[int, ...]] = []
    one_by_one(lambda images: seen.append(images.shape), np.zeros((3, 2), np.float32))
    assert seen == [(1, 2)] * 3


def test_a_third_of_the_fastest_library() -> None:
    rows = [{"runner": "event fixed", "share_of_fastest_library": share} for share in (0.1, 0.33)]
    assert reaches_latency(Table.of(rows))
    assert not reaches_latency(Table.of([*rows, {"runner": "event fixed", "share_of_fastest_library": 0.5}]))
    assert not reaches_latency(Table.of([{"runner": "event fixed", "share_of_fastest_library": None}]))


def test_rows_of_a_small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = [one for one in latency.CONTENDERS if one.package == "torch" and "compile" not in one.name]
    monkeypatch.setattr(latency, "CONTENDERS", tuple(plain))
    rows = {row["runner"]: row for row in Latency(steps=2, repeats=1, images=2).rows(None)}
    assert set(rows) == {"event float32", "event fixed", *(one.name for one in plain)}
    assert all(row["equal"] and row["milliseconds"] > 0 for row in rows.values())
    assert rows["event fixed"]["share_of_fastest_library"] is None
