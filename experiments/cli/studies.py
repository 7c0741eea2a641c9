"""The commands over whole runs: demo, study, report."""

import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from spikewright.experiments.cli.common import check_growing
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.cli.showing import show
from spikewright.importing import unknown

if TYPE_CHECKING:
    from spikewright.experiments.studies.spec import Study
    from spikewright.experiments.studies.study import StudyResult


INCOMPLETE = 1
"""The exit code of a study in which a cell has no result."""


def run_demo(options: Namespace) -> int:
    """The demo's study and its report; the last lines say where to look."""
    from spikewright.experiments.demo import checks, demo_study, run_demo
    from spikewright.experiments.studies.folder import STUDY_FOLDER

    check_growing(options.out, STUDY_FOLDER)
    study = demo_study(options.dataset, options.data, options.seed)
    start = time.perf_counter()
    with progress_bars(options.quiet) as progress:
        result = run_demo(study, options.out, workers=options.workers, progress=progress)
    if result.complete:
        show(checks(result), first=())
        say()
    code = _told(result, f" in {time.perf_counter() - start:.0f} s")
    say(f"report   {options.out / 'report.html'}")
    say(f"tables   {options.out / 'tables'}   figures   {options.out / 'figures'}   core   {options.out / 'core'}")
    return code


def run_study(options: Namespace) -> int:
    """A study from its file, and its report. --seed other than 0 replaces the study's seeds."""
    from spikewright.experiments.report.page import write_report
    from spikewright.experiments.studies.folder import STUDY_FOLDER
    from spikewright.experiments.studies.study import run_study

    study = _read(options.file)
    if options.seed:
        study = study.model_copy(update={"seeds": (options.seed,)})
    out = options.out or Path("runs") / study.name
    check_growing(out, STUDY_FOLDER)
    with progress_bars(options.quiet) as progress:
        result = run_study(study, out, workers=options.workers, progress=progress)
        path = write_report(result, progress=progress)
    code = _told(result)
    say(f"report   {path}\ntables   {out / 'tables'}")
    return code


def _read(path: Path) -> "Study":
    """The study in a file, whose names of models and data sets are known. Raises InvalidFile or InvalidInput."""
    from spikewright.experiments.data.load import dataset_names
    from spikewright.experiments.models.table import architecture
    from spikewright.experiments.studies.spec import read_study
    from spikewright.experiments.zoo import card

    study = read_study(path)
    if study.model.zoo is not None:
        card(study.model.zoo)
    if study.model.architecture is not None:
        architecture(study.model.architecture)
    if not study.dataset.name.endswith(".npz") and study.dataset.name not in dataset_names():
        raise unknown("data set", study.dataset.name, dataset_names(), "your own FILE.npz")
    return study


def run_report(options: Namespace) -> None:
    """The report of a finished study."""
    from spikewright.experiments.demo import checks, is_demo
    from spikewright.experiments.report.page import write_report
    from spikewright.experiments.studies.study import open_study

    result = open_study(options.folder)
    with progress_bars(options.quiet) as progress:
        path = write_report(result, checks(result) if is_demo(result) and result.complete else None, progress=progress)
    say(f"report   {path}")


def _told(result: "StudyResult", how_long: str = "") -> int:
    """Say what was run, and on stderr which cells have no result and why; returns the exit code."""
    state = result.state
    say(f"{result.ran} of {len(result.cells)} cells were run{how_long}, {state.stored} have a result")
    for fault in state.faults:
        say(f"{fault['cell']} ({fault['kind']}): {fault['said']}", file=sys.stderr)
    if state.held:
        say(f"not run, since they need one of these: {', '.join(state.held)}", file=sys.stderr)
    for place in state.set_aside:
        say(f"damaged, and made anew: {place}", file=sys.stderr)
    return 0 if result.complete else INCOMPLETE
