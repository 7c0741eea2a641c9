"""A study for papers: every figure as PDF, every table as LaTeX."""

from pathlib import Path

import pytest

from spikewright import InvalidFile, Table
from spikewright.experiments.report.paper import MOST, write_paper, write_tex
from tests.experiments.report.test_page import ACCURACY
from tests.experiments.studies.made_results import result_of

STEPS = [{"network": "<b>evil</b>", "step": n, "accuracy": n / 4, "samples": 400, "seed": 0} for n in (1, 2, 3)]


def test_figures_and_tables_twice_over(tmp_path: Path) -> None:
    result = result_of(tmp_path, accuracy=ACCURACY, accuracy_over_steps=STEPS)
    for _ in range(2):  # the second time they are replaced
        folder = write_paper(result)
    assert {path.name for path in folder.iterdir() if path.name[0] != "."} == {
        "accuracy-over-steps.pdf", "accuracy.tex", "accuracy_over_steps.tex", "networks.tex",
    }  # fmt: skip
    told = (folder / "networks.tex").read_text()
    assert "98.8 (97.0 to 99.5)" in told and r"accuracy (\%)" in told and r"\toprule" in told
    assert "cell" not in (folder / "accuracy.tex").read_text()


def test_a_long_table_says_where_the_rest_is(tmp_path: Path) -> None:
    write_tex(tmp_path / "t.tex", Table.of({"latency_us": n} for n in range(MOST + 1234)), "tables/t.csv")
    text = (tmp_path / "t.tex").read_text()
    assert text.endswith("% 1,234 more rows are in tables/t.csv\n") and text.count(r"\\") == MOST + 1


def test_a_file_of_somebody_stays(tmp_path: Path) -> None:
    (tmp_path / "t.tex").write_text("% my own\n")
    with pytest.raises(InvalidFile, match=r"t\.tex"):
        write_tex(tmp_path / "t.tex", Table.of([{"a": 1}]))
    assert (tmp_path / "t.tex").read_text() == "% my own\n"
