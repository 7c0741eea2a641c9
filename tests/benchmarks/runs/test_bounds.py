"""Each bound is looked at, and a figure that does not keep it is told."""

from typing import Any

import pytest

from benchmarks.runs.bounds import broken

GROWN = {"expand_s": 0.1, "run_s": 1.0, "again_s": 0.2, "run_mb": 5.0}
GOOD: dict[str, list[dict[str, Any]]] = {
    "overhead": [{"runner": "here", "workers": 1, "wall_ms": 3.0}, {"runner": "dask", "workers": 4, "wall_ms": 21.0}],
    "again": [{"study": "the demo", "again_s": 2.5, "unchanged": True}],
    "million": [{"rows": 10**6, "ask hardware": 0.5, "opened_s": 0.6}],
    "growth": [{"cells": 10, **GROWN}, {"cells": 100, **{name: 10 * value for name, value in GROWN.items()}}],
    "memory": [{"workers": n, "stored": s, "driver_mb": 300.0 + s / 100, "worker_mb": 200.0} for n in (1, 2) for s in range(50)],
}  # fmt: skip


def told(**changed: Any) -> list[str]:
    """What is told of the good figures with other values in the last row of each part."""
    found = {name: {"rows": [*rows[:-1], {**rows[-1], **changed.get(name, {})}]} for name, rows in GOOD.items()}
    return list(broken(found))


def test_good_figures_break_nothing() -> None:
    assert told() == [] and list(broken({})) == []


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("overhead", {"wall_ms": 50.0}, "dask with 4 workers"),
        ("again", {"again_s": 3.0}, "a second run of the demo"),
        ("again", {"unchanged": False}, "unchanged: False"),
        ("million", {"ask hardware": 1.0}, "ask hardware: 1.0 s"),
        ("million", {"opened_s": 2.0}, "the page"),
        ("growth", {"run_mb": 80.0}, "run_mb of a cell grows 1.60 times from 10 to 100 cells"),
        ("memory", {"worker_mb": 230.0}, "worker_mb grows from 200.0 to 230.0 MB over 49 cells"),
    ],
)
def test_what_is_not_kept_is_told(part: str, change: dict[str, Any], said: str) -> None:
    sentences = told(**{part: change})
    assert len(sentences) == 1 and said in sentences[0]
