"""Cores that are placed and routed."""

from pathlib import Path

import pytest

from tests.validate import page, speeds


@pytest.mark.parametrize("name", speeds.CORES)
def test_cores_have_up_to_sixteen_lanes_a_layer(name: str, tmp_path: Path) -> None:
    circuit = speeds.CORES[name](tmp_path)
    assert max(lanes.count for lanes in circuit.lanes.values()) <= 16


def test_three_cores_on_the_page_reach_a_hundred_megahertz() -> None:
    rows = page.load(page.RESULTS)["speeds"]
    assert rows.keys() <= speeds.CORES.keys()
    assert sum(row["clock_mhz"] >= 100 for row in rows.values()) >= 3


def test_clocks_are_on_the_page(tmp_path: Path) -> None:
    row = {"clock_mhz": 101.25, "comb": 1234, "ff": 99, "blocks": 0, "tools": "t", "commit": "abc"}
    page.save_rows("speeds", {"a core": row}, tmp_path / "kept.json")
    page.save_rows("speeds", {"b core": row}, tmp_path / "kept.json")
    page.write(page.load(tmp_path / "kept.json"), tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "| a core | 101.2 | 1,234 | 99 | 0 | t, seed 1 | abc |" in text and "| b core |" in text
