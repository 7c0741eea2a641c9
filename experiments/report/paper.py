"""A study for papers: its figures as PDF and its tables as LaTeX, below paper/ in its folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from spikewright import Kind, Progress, Table, atomic_path, silent
from spikewright.experiments.plots.gallery import study_pictures
from spikewright.experiments.plots.pictures import FigureFolder
from spikewright.experiments.records.texts import tex_text
from spikewright.experiments.report.comparison import Comparison, compared
from spikewright.experiments.report.page import reduced_result
from spikewright.experiments.report.sheets import HIDDEN, heading
from spikewright.kinds import first_line

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

PAPER = "paper"
FIRST_LINE = "% a table of spikewright"
TEX_FILE = Kind("a table of spikewright in LaTeX", first_line(FIRST_LINE.encode()))
MOST = 400
"""Rows of a table of LaTeX; a comment says where the rest is."""


def write_paper(result: "StudyResult", *, progress: Progress = silent) -> Path:
    """Write paper/NAME.pdf for every figure and paper/NAME.tex for every table; returns the folder.

    networks.tex is the table of the networks side by side. Raises InvalidFile where other files are in the way.
    """
    progress("paper", 0, 2)
    reduced, folder = reduced_result(result), result.folder / PAPER
    folder.mkdir(exist_ok=True)
    study_pictures(reduced, FigureFolder(folder, ("pdf",)))
    progress("paper", 1, 2)
    for name in reduced.tables:
        write_tex(folder / f"{name}.tex", reduced.tables[name], f"tables/{name}.csv")
    found = compared(result.study, reduced.tables)
    if found is not None:
        write_tex(folder / "networks.tex", side_by_side(found))
    progress("paper", 2, 2)
    return folder


def side_by_side(found: Comparison) -> Table:
    """The networks side by side as a table of texts: each value with its bounds."""
    rows = []
    for name, kind, values in found.rows:
        told = [each.value + (f" ({each.bounds})" if each.bounds else "") for each in values]
        rows.append({"network": name, "kind": kind, **dict(zip(found.columns, told, strict=True))})
    return Table.of(rows)


def write_tex(path: Path, table: Table, whole: str = "") -> None:
    """Write a table without the columns of its origin, at most `MOST` rows of it; `whole`: where all of it is.

    Raises InvalidFile when another file is there.
    """
    kept = [column for column in table.columns if column not in HIDDEN]
    rows = [[row[column] for column in kept] for row in table][:MOST]
    shown = Table(tuple(map(heading, kept)), tuple(map(tuple, rows)))
    more = f"% {len(table) - MOST:,} more rows are in {whole}\n" if len(table) > MOST else ""
    with atomic_path(path, TEX_FILE) as temporary:
        temporary.write_text(f"{FIRST_LINE}\n{tex_text(shown)}{more}", encoding="utf-8")
