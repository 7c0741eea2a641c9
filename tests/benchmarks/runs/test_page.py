"""The page holds what was measured, and says which bound is not kept."""

import json
from typing import Any

from benchmarks.runs.__main__ import DOCS, MEASURED
from benchmarks.runs.bounds import broken
from benchmarks.runs.page import page
from tests.benchmarks.runs.test_bounds import GOOD

SPENT = {"driver_ms": 1.0, "workers_ms": 2.0, "start_s": 3.0}


def found(**parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Parts as the measurement keeps them."""
    return {
        name: {"rows": rows, "commit": "abc", "load": 0.5, "machine": "m", "stores": "tmpfs"}
        for name, rows in parts.items()
    }


def test_a_page_of_some_parts() -> None:
    text = page(found(overhead=[{**row, **SPENT} for row in GOOD["overhead"]], memory=GOOD["memory"]))
    assert "| in the process itself | 1 | 3 | 1 | 2 | 3 |" in text and "Commit abc, stores on tmpfs, load 0.5" in text
    assert text.rstrip().endswith("All are kept.") and "figures/runs-memory.png" in text
    assert text.count("\n| 2 | ") == 3 and "A million rows" not in text


def test_a_bound_that_is_not_kept() -> None:
    rows = [{"study": "s", "again_wall_s": 9.0, "again_s": 8.0, "first_s": 100.0, "unchanged": False}]
    text = page(found(again=rows))
    assert "- Not kept: a second run of s: 8.0 s" in text and "| s | 9 | 8 | 100 | **no** |" in text


def test_the_page_in_the_docs_is_that_of_the_results_and_keeps_all_bounds() -> None:
    measured = json.loads((DOCS / "results" / "runs.json").read_text())["measured"]
    assert (DOCS / "runs.md").read_text() == page(measured) and list(broken(measured)) == []
    assert set(measured) == {*MEASURED}
