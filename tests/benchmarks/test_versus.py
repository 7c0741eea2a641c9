"""Ratios in the table of peers are against the fastest that answered rightly."""

from types import SimpleNamespace
from typing import Any

from benchmarks.entries import Entry
from benchmarks.timing import Speed
from benchmarks.versus import _rows


def test_ratios_leave_out_what_failed() -> None:
    case: Any = SimpleNamespace(name="n", network=SimpleNamespace(steps=7))
    entries = [Entry("event", "event"), Entry("a", "library"), Entry("b", "library", failed=True), Entry("c", "torch")]
    entries.append(Entry("d", "missing", columns={"how": "left out"}))
    speeds = {name: Speed(value, value, value) for name, value in (("event", 12.0), ("a", 2.0), ("b", 6.0), ("c", 3.0))}
    rows = {row["runner"]: row for row in _rows(case, entries, speeds)}
    assert (rows["event"]["times_fastest_library"], rows["event"]["times_fastest_peer"]) == (6.0, 4.0)
    assert "images_per_s" not in rows["d"] and rows["d"]["how"] == "left out"
