"""The report of a study: one HTML file that needs no network, with every number's origin at its end."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Kind, Progress, Table, atomic_path, claim_folder, silent
from spikewright.experiments.plots.gallery import study_pictures
from spikewright.experiments.plots.pictures import Picture
from spikewright.experiments.records.reading import origins
from spikewright.experiments.records.tables import write_rows
from spikewright.experiments.report.headlines import cards, corners
from spikewright.experiments.report.sheets import HIDDEN, sheet, shown_sheets
from spikewright.kinds import holds

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

REPORT_FILE = Kind("a report of spikewright", holds(b'<meta name="generator" content="spikewright">'))
TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_report(result: "StudyResult", checks: Table | None = None, *, progress: Progress = silent) -> Path:
    """Draw the figures of `result` and write `report.html` beside them; returns its path.

    `checks`: rows of check, measured, target and holds. Raises InvalidFile when the folder cannot be written.
    """
    from spikewright.experiments.studies.folder import STUDY_FOLDER

    claim_folder(result.folder, STUDY_FOLDER)
    progress("report", 0, 2)
    pictures = study_pictures(result, result.folder / "figures")
    if checks is not None:
        write_rows(result.store, "checks", list(checks))
    progress("report", 1, 2)
    path = result.folder / "report.html"
    write_page(path, _render(_content(result, checks, pictures)))
    progress("report", 2, 2)
    return path


def write_page(path: Path, text: str) -> None:
    """Write the page; raises InvalidFile when another file is there."""
    with atomic_path(path, REPORT_FILE) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _render(content: Mapping[str, Any]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(TEMPLATE.parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(TEMPLATE.name).render(content)


def _content(result: "StudyResult", checks: Table | None, pictures: Iterable[Picture]) -> dict[str, Any]:
    from spikewright.experiments.report.chain import coded_how, compressed_how

    study, tables = result.study, result.tables
    return {
        "study": study,
        "compressed_how": compressed_how,
        "coded_how": coded_how,
        "model": study.model.architecture or study.model.zoo or study.model.factory,
        "cards": cards(tables),
        "checks": list(checks) if checks is not None else [],
        "pictures": [{"picture": p, "source": _inline(p), "file": f"figures/{p.base.name}.svg"} for p in pictures],
        "conversions": [
            sheet("conversion", name, tables["conversion"].where(network=name), hidden=(*HIDDEN, "network"))
            for name in _converted(tables)
        ],
        "sheets": list(shown_sheets(tables)),
        "corners": corners(tables),
        "core": next(iter(tables["core"]), None) if "core" in tables else None,
        "provenance": result.provenance,
        "origins": list(origins(tables)),
        "cells": len(result.cells),
        "rows": sum(len(table) for table in tables.values()),
        "rerun": rerun(result),
    }


def rerun(result: "StudyResult") -> str:
    """The command that makes this report again."""
    name, seed = result.study.name, result.study.seeds[0]
    if name.startswith("demo-"):
        data = "" if result.study.dataset.name == "digits" else " --data FOLDER"
        return f"spikewright demo --dataset {result.study.dataset.name}{data} --seed {seed} --out {result.folder}"
    return f"spikewright study {result.folder / 'study.json'} --out {result.folder}"


def _converted(tables: Mapping[str, Table]) -> list[str]:
    return list(dict.fromkeys(tables["conversion"]["network"])) if "conversion" in tables else []


def _inline(picture: Picture) -> str:
    """The figure as a data address: SVG, or PNG where the SVG would be larger."""
    choices = [(picture.base.with_name(f"{picture.base.name}.{ending}"), kind) for ending, kind in _KINDS.items()]
    path, kind = min(choices, key=lambda choice: choice[0].stat().st_size / (8 if choice[1] != "image/png" else 1))
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


_KINDS = {"svg": "image/svg+xml", "png": "image/png"}
