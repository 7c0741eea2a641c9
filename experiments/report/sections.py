"""What a report says, section by section, as the template takes it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from spikewright import Table
from spikewright.experiments.plots.pictures import Picture
from spikewright.experiments.records.reading import origins
from spikewright.experiments.report.chain import coded_how, compressed_how
from spikewright.experiments.report.comparison import compared
from spikewright.experiments.report.findings import verdict
from spikewright.experiments.report.headlines import choice, corners, costs
from spikewright.experiments.report.inlined import inline
from spikewright.experiments.report.missing import gaps, missing_sentence, refusals
from spikewright.experiments.report.reduced import Reduced
from spikewright.experiments.report.sheets import HIDDEN, Sheet, sheet, show, shown_sheets
from spikewright.experiments.report.strips import strips_of
from spikewright.experiments.report.words import WORDS
from spikewright.experiments.runs.state import RunState

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

RELOADED_EVERY_S = 30
DEEP = ("activations-", "raster-", "errors")
"""How the names of figures begin that look into one network."""
STEPS = {
    "compression": "compressed",
    "conversion": "converted to spikes",
    "accuracy_over_steps": "simulated step by step",
    "robustness": "harmed by noise and attacks",
    "hardware": "costed",
    "core": "exported as a core",
}
"""What a study has done when it has a table."""


def content(result: "StudyResult", checks: Table | None, pictures: Iterable[Picture]) -> dict[str, Any]:
    """The values of the template; sections without data are empty."""
    tables: Mapping[str, Table] = result.tables
    lacking, refused = gaps(result), refusals(tables)
    return {
        "study": result.study,
        "compressed_how": compressed_how,
        "coded_how": coded_how,
        "model": result.study.model.architecture or result.study.model.zoo or result.study.model.factory,
        "done": ", ".join(done for name, done in STEPS.items() if name in tables) or "nothing is finished yet",
        "run": _run(result.state),
        "findings": verdict(tables),
        "missing": missing_sentence(lacking, len(result.cells)),
        "lacking": sheet("missing", "", lacking, hidden=()) if len(lacking) else None,
        "refused": sheet("refused", "", refused, hidden=()) if len(refused) else None,
        "costs": [] if (chosen := choice(tables)) is None else costs(chosen),
        "comparison": compared(result.study, tables),
        "strips": strips_of(result),
        "checks": list(checks) if checks is not None else [],
        "show": show,
        "words": WORDS,
        **_figures(pictures),
        **_tables(tables),
        "core": next(iter(tables["core"]), None) if "core" in tables else None,
        "provenance": result.provenance,
        "cells": len(result.cells),
        "rerun": rerun(result),
    }


def _tables(tables: Mapping[str, Table]) -> dict[str, Any]:
    counts = tables.counts if isinstance(tables, Reduced) else {name: len(table) for name, table in tables.items()}
    return {
        "conversions": list(_conversions(tables)),
        "sheets": list(shown_sheets(tables, counts)),
        "corners": corners(tables),
        "origins": _origins(tables),
        "rows": sum(counts.values()),
        "reduced": ", ".join(tables.large) if isinstance(tables, Reduced) else "",
    }


def _origins(tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """Under which states of code cells were made; none while there are no cells."""
    whole = tables.whole if isinstance(tables, Reduced) else tables
    try:
        return list(origins(whole))
    except KeyError:
        return []


def _conversions(tables: Mapping[str, Table]) -> Iterable[Sheet]:
    """What became of every layer, a table for each network."""
    for name in dict.fromkeys(tables["conversion"]["network"]) if "conversion" in tables else ():
        made = sheet(f"conversion-{name}", name, tables["conversion"].where(network=name), hidden=(*HIDDEN, "network"))
        yield replace(made, file="conversion")


def _figures(pictures: Iterable[Picture]) -> dict[str, Any]:
    """The figures for all, and those that look into one network, which are folded."""
    shown = [_shown(each) for each in pictures]
    deep = [each["picture"].name.startswith(DEEP) for each in shown]
    return {
        "pictures": [each for each, folded in zip(shown, deep, strict=True) if not folded],
        "folded": [each for each, folded in zip(shown, deep, strict=True) if folded],
    }


def _shown(picture: Picture) -> dict[str, Any]:
    return {
        "picture": picture,
        "sources": [inline(base) for base in picture.bases],
        "files": [f"figures/{base.name}.svg" for base in picture.bases],
    }


def _run(state: RunState) -> dict[str, Any]:
    """How far a run is, while it goes on."""
    left = state.seconds_left
    return {
        "going": state.ending == "running" and state.cells > 0,
        "again_s": RELOADED_EVERY_S,
        "written": f"{datetime.now(UTC):%H:%M:%S} UTC",
        "stored": state.stored,
        "cells": state.cells,
        "left": "" if left is None else f", about {_minutes(left)} left",
        "now": ", ".join(list(state.running)[:6]),
        "stages": "; ".join(f"{name} {count.stored} of {count.cells}" for name, count in state.stages.items()),
    }


def _minutes(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h"
    )


def rerun(result: "StudyResult") -> str:
    """The command that makes this report again."""
    name, seed = result.study.name, result.study.seeds[0]
    if name.startswith("demo-"):
        data = "" if result.study.dataset.name == "digits" else " --data FOLDER"
        return f"spikewright demo --dataset {result.study.dataset.name}{data} --seed {seed} --out {result.folder}"
    return f"spikewright study {result.folder / 'study.json'} --out {result.folder}"
