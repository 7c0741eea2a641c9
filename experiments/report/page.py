"""The report of a study: one HTML file that needs no network, with every number's origin at its end."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Kind, Progress, Table, atomic_path, claim_folder, silent
from spikewright.experiments.plots.gallery import study_pictures
from spikewright.experiments.records.reading import Tables
from spikewright.experiments.records.tables import write_rows
from spikewright.experiments.report.reduced import Reduced
from spikewright.experiments.report.sections import content
from spikewright.kinds import holds

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

REPORT_FILE = Kind("a report of spikewright", holds(b'<meta name="generator" content="spikewright">'))
TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_report(result: "StudyResult", checks: Table | None = None, *, progress: Progress = silent) -> Path:
    """Draw the figures of `result` and write `report.html` beside them; returns its path.

    What has no result is left out, and the report says so. `checks`: rows of check, measured, target and holds. Raises
    InvalidFile when the folder cannot be written.
    """
    from spikewright.experiments.studies.folder import STUDY_FOLDER

    claim_folder(result.folder, STUDY_FOLDER)
    progress("report", 0, 2)
    if checks is not None:
        write_rows(result.store, "checks", list(checks))
    reduced = reduced_result(result)
    pictures = study_pictures(reduced, result.folder / "figures")
    progress("report", 1, 2)
    path = result.folder / "report.html"
    write_page(path, render(content(reduced, checks, pictures)))
    progress("report", 2, 2)
    return path


def reduced_result(result: "StudyResult") -> "StudyResult":
    """The same result, of whose large tables only a choice is read."""
    tables: Any = Reduced(Tables(result.store))
    return replace(result, tables=tables)


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
