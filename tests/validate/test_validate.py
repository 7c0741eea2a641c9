"""Thirty drawn networks in the suite, and how a run goes on and is told."""

from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.hardware.cosim import programs
from spikewright.hardware.cosim.icarus import modules
from tests.hardware.cosim.test_comparing import needs_icarus
from tests.validate import page
from tests.validate.__main__ import drawings
from tests.validate.checking import Checked, beside, checked
from tests.validate.drawers import CHOICES, DRAWERS, Drawer, lanes_of
from tests.validate.progress import Progress, begun


@needs_icarus
@pytest.mark.parametrize(
    ("number", "drawer", "seed"), list(drawings(30, 1000)), ids=lambda given: str(getattr(given, "name", given))
)
def test_drawn_networks_are_equal(number: int, drawer: Drawer, seed: int, tmp_path: Path) -> None:
    """Each at one of the choices of lanes."""
    found = checked(drawer, seed, number // len(DRAWERS) % len(CHOICES), tmp_path, samples=2)
    assert (found.outcome, found.why) == ("equal", "") and found.cycles > 0


ALLOWED = ("WIDTH", "UNUSED", "DECLFILENAME", "CMPCONST", "UNSIGNED")
"""Numbers of other widths, which Verilog makes equal by their sign; bits that a network does not use; the name of core.v;
comparisons that a parameter decides."""


@pytest.mark.skipif(programs.found("verilator") is None, reason="Verilator is not installed: apt-get install verilator")
@pytest.mark.parametrize("drawer", DRAWERS, ids=lambda drawer: drawer.name)
def test_circuits_are_lint_clean(drawer: Drawer, tmp_path: Path) -> None:
    circuit = drawer.circuit(2, 1, tmp_path / "core")
    allowed = [f"-Wno-{kind}" for kind in ALLOWED]
    command = ["verilator", "--lint-only", "-Wall", *allowed, "--top-module", "sw_axis", "core.v", "axis.v"]
    assert programs.call([*command, *map(str, modules())], circuit.folder) == ""


def test_kinds_take_turns_and_seeds_go_up() -> None:
    drawn = list(drawings(2 * len(DRAWERS), 7))
    assert [seed for _, _, seed in drawn] == list(range(7, 7 + 2 * len(DRAWERS)))
    assert [drawer for _, drawer, _ in drawn] == [*DRAWERS, *DRAWERS]
    assert {drawer.name for _, drawer, _ in drawings(3, 0, ["SignedIF"])} == {"SignedIF"}


@pytest.mark.parametrize("drawer", DRAWERS, ids=lambda drawer: drawer.name)
def test_a_drawer_draws_the_same_again_and_lanes_that_fit(drawer: Drawer) -> None:
    one, two = drawer.network(3), drawer.network(3)
    assert [p.name for p in one.order] == [p.name for p in two.order] and one.steps == two.steps
    for choice in range(len(CHOICES)):
        assert lanes_of(one, 3, choice) == lanes_of(two, 3, choice)
        assert lanes_of(one, 3, choice).keys() == {p.name for p in one.order[1:]}


def test_what_is_refused_and_what_ends_a_simulation_is_told(tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise InvalidInput("expected less")

    drawer = Drawer("any", DRAWERS[0].network, built=refuse)  # type: ignore[arg-type]
    assert checked(drawer, 1, 0, tmp_path) == Checked("refused", "expected less")
    circuit = DRAWERS[0].circuit(1, 0, tmp_path)
    assert beside(circuit, DRAWERS[0].images(1, 1), lambda *_: 1 // 0).why.startswith("ZeroDivisionError")


def test_a_run_goes_on_where_it_stopped_on_the_same_commit_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept.part.json"
    first = begun(path, "abc")
    first.add("IF, seed 3, one lane", "IF", Checked("equal", "", 5, 90))
    assert begun(path, "abc").rows == first.rows and not begun(path, "abd").rows
    Progress(path, "abc and changes", first.rows).keep()
    assert not begun(path, "abc and changes").rows


def test_the_page_sums_by_kind(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "part.json", "abc")
    for seed, outcome in ((3, "equal"), (4, "equal"), (4, "wrong")):
        progress.add(f"IF, seed {seed}, {outcome}", "IF", Checked(outcome, "", 500, 900))
    page.save(page.summed(progress), tmp_path / "kept.json")
    page.write(page.load(tmp_path / "kept.json"), tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "commit abc." in text and "| IF | 2 | 2 | 1 | 0 | 1,500 | 2,700 |" in text and "| **all** | 2 | 2 |" in text


def test_the_page_is_written_of_what_was_compared(tmp_path: Path) -> None:
    found = page.load(page.RESULTS)
    page.write(found, tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == page.PAGE.read_text()
    assert all(counts["wrong"] == 0 for counts in found["kinds"].values())
    netlists = found.get("netlists", {}).values()
    assert all(row["outcome"] == "equal" or "yosys#" in row["why"] for row in netlists)
