"""The report of a study: one HTML file that needs no network, with every number's origin at its end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Kind, Progress, Table, atomic_path, claim_folder, silent
from spikewright.experiments.exploring.points import POINTS
from spikewright.experiments.exploring.showing import shown_of
from spikewright.experiments.plots.gallery import study_pictures
from spikewright.experiments.plots.pictures import FigureFolder, Picture
from spikewright.experiments.records.freshness import MadeFiles
from spikewright.experiments.records.reading import Tables
from spikewright.experiments.records.tables import write_rows
from spikewright.experiments.report.reduced import Reduced
from spikewright.experiments.report.sections import content
from spikewright.kinds import holds

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

REPORT_FILE = Kind("a report of spikewright", holds(b'<meta name="generator" content="spikewright">'))
REPORT = "report.html"
TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_report(result: "StudyResult", checks: Table | None = None, *, progress: Progress = silent) -> Path:
    """Draw the figures of `result` and write `report.html` beside them; returns its path.

    What has no result is left out, and the report says so. `checks`: rows of check, measured, target and holds. One that is up
    to date stays as it is. Raises InvalidFile when the folder cannot be written.
    """
    from spikewright.experiments.studies.folder import STUDY_FOLDER

    claim_folder(result.folder, STUDY_FOLDER)
    path = result.folder / REPORT
    kept, of = MadeFiles(result.folder, "report"), _made_of(result, checks)
    if of is not None and kept.is_made_of(of):
        return path
    kept.begin()
    progress("report", 0, 2)
    if checks is not None:
        write_rows(result.store, "checks", list(checks))
    reduced = reduced_result(result)
    pictures = study_pictures(reduced, FigureFolder(result.folder / "figures"))
    progress("report", 1, 2)
    write_page(path, render(content(reduced, checks, pictures)))
    if of is not None:
        kept.keep(of, [path, *_drawn(pictures)])
    progress("report", 2, 2)
    return path


def _made_of(result: "StudyResult", checks: Table | None) -> list[Any] | None:
    """What a report follows from; None while the run goes on, and where the tables are not those of the cells."""
    tables = MadeFiles(result.folder, "tables").of
    if not tables or result.state.ending == "running":
        return None
    state, told = result.state, None if checks is None else list(checks)
    return [tables, told, result.study.model_dump(mode="json"), state.faults, state.held, state.stored, state.cells]


def _drawn(pictures: Iterable[Picture]) -> Iterator[Path]:
    """The files of figures."""
    for picture in pictures:
        for base in picture.bases:
            yield from (base.with_name(base.name + ending) for ending in (".png", ".svg"))


def reduced_result(result: "StudyResult") -> "StudyResult":
    """The same result, of whose large tables only a choice is read; of a search, with networks of its front only."""
    whole = Tables(result.store)
    shown = shown_of(result.study, result.store, whole.get(POINTS))
    tables: Any = Reduced(whole, shown.networks)
    return replace(result, study=shown.study, tables=tables)


def write_page(path: Path, text: str) -> None:
    """Write the page; raises InvalidFile when another file is there."""
    with atomic_path(path, REPORT_FILE) as temporary:
        temporary.write_text(text, encoding="utf-8")


def render(values: Mapping[str, Any]) -> str:
    """The page with these values, its style and its script inside."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    loader = FileSystemLoader(TEMPLATE.parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    inside = {name: Markup((TEMPLATE.parent / file).read_text("utf-8")) for name, file in INSIDE.items()}
    return environment.get_template(TEMPLATE.name).render({**values, **inside})


INSIDE = {"style": "report.css", "script": "report.js"}
