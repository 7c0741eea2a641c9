"""The commands over whole runs: demo, study, new, report."""

import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from spikewright import InvalidInput
from spikewright.experiments.cli import INTERRUPTED
from spikewright.experiments.cli.common import check_growing
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.cli.run_view import shown_run
from spikewright.experiments.cli.showing import show
from spikewright.experiments.records.layout import WORK
from spikewright.experiments.runs.standing import ending_told
from spikewright.importing import unknown

if TYPE_CHECKING:
    from spikewright import Progress
    from spikewright.experiments.runs.runners.base import Runner
    from spikewright.experiments.studies.spec import Study
    from spikewright.experiments.studies.study import StudyResult


INCOMPLETE = 1
"""The exit code of a study in which a cell has no result."""


def run_demo(options: Namespace) -> int:
    """The demo's study and its report; the last lines say where to look."""
    from spikewright.experiments.demo import checks_of, demo_study

    start = time.perf_counter()
    result, code = _ran(demo_study(options.dataset, options.data, options.seed), options.out, options)
    promised = checks_of(result)
    if promised is not None:
        show(promised, first=())
        say()
    _tell(result, f" in {time.perf_counter() - start:.0f} s")
    say(f"report   {options.out / 'report.html'}")
    say(f"tables   {options.out / 'tables'}   figures   {options.out / 'figures'}   core   {options.out / 'core'}")
    return code


def run_study(options: Namespace) -> int:
    """A study from its file, and its report. --seed other than 0 replaces the study's seeds."""
    from spikewright.experiments.cli.searches import tell_found

    study = _read(options.file)
    if options.seed:
        study = study.model_copy(update={"seeds": (options.seed,)})
    out = _folder(options, study.name)
    if options.dry_run:
        return _foretold(study, out, options)
    result, code = _ran(study, out, options)
    _tell(result)
    found = tell_found(result)
    say(f"report   {out / 'report.html'}\ntables   {out / 'tables'}")
    return code or (0 if found else INCOMPLETE)


def _folder(options: Namespace, name: str) -> Path:
    """Where the results of a study go. Raises InvalidFile for an --into that is no new folder."""
    from spikewright.experiments.projects.template import check_empty

    if options.into is None:
        return options.out or Path("runs") / name
    if options.out is not None:
        raise InvalidInput(f"expected one of --out and --into, got {options.out} and {options.into}; try one of them")
    check_empty(options.into)
    return Path(options.into)


def _foretold(study: "Study", folder: Path, options: Namespace) -> int:
    """Say what a run would do; nothing is run or written."""
    from spikewright.experiments.cli.foreseeing import tell
    from spikewright.experiments.cli.searches import tell_space
    from spikewright.experiments.runs.runners.choosing import at_once
    from spikewright.experiments.studies.forecasts import forecast

    found = forecast(study, folder)
    if study.search is not None:
        tell_space(study)
    tell(found, folder, at_once(options.workers, dask=options.dask, scheduler=options.scheduler))
    return 0


def _ran(study: "Study", folder: Path, options: Namespace) -> tuple["StudyResult", int]:
    """What a study has made, with its report, and the exit code. After Ctrl-C that is what was finished; another one ends all."""
    from spikewright.experiments.report.live import LiveReport
    from spikewright.experiments.studies.folder import STUDY_FOLDER
    from spikewright.experiments.studies.study import StudyInterrupted, run_study

    check_growing(folder, STUDY_FOLDER)
    with shown_run(folder / WORK, options.quiet) as view:
        try:
            runner, live = _runner(options, view.tell), LiveReport(folder, view)
            result = run_study(study, folder, runner=runner, progress=view.tell, observer=live)
            code = 0
        except StudyInterrupted as stop:
            result, code = stop.result, INTERRUPTED
        try:
            _report(result, view.tell)
        except KeyboardInterrupt:
            _report(result, view.tell)
            code = INTERRUPTED
    if code == INTERRUPTED:
        say(
            f"spikewright {options.command}: interrupted; run the same command again: it goes on from what is stored",
            sys.stderr,
        )
    return result, code or (0 if result.complete else INCOMPLETE)


def _report(result: "StudyResult", progress: "Progress") -> Path:
    """Write the report of a study, that of a demo with its checks; returns its path."""
    from spikewright.experiments.demo import checks_of
    from spikewright.experiments.report.page import write_report

    return write_report(result, checks_of(result), progress=progress)


def _runner(options: Namespace, progress: "Progress") -> "Runner":
    """Where cells run. Raises InvalidInput for a scheduler that is not there, MissingTool without Dask."""
    from spikewright.experiments.runs.runners.choosing import runner_for

    return runner_for(options.workers, dask=options.dask, scheduler=options.scheduler, progress=progress)


def _read(path: Path) -> "Study":
    """The study in a file, whose names of models and data sets are known. Raises InvalidFile or InvalidInput."""
    from spikewright.experiments.data.load import dataset_names
    from spikewright.experiments.data.opening import known_dataset
    from spikewright.experiments.models.table import architecture
    from spikewright.experiments.studies.spec import read_study
    from spikewright.experiments.zoo import card

    study = read_study(path)
    if study.model.zoo is not None:
        card(study.model.zoo)
    if study.model.architecture is not None:
        architecture(study.model.architecture)
    if not known_dataset(study.dataset.name):
        raise unknown("data set", study.dataset.name, dataset_names(), "your own FILE.npz")
    return study


def run_new(options: Namespace) -> None:
    """A project to begin with; the last line says how."""
    from spikewright.experiments.projects.template import new_project

    for path in new_project(options.folder):
        say(path)
    say(f"\ntry: cd {options.folder} && spikewright study study.yaml --dry-run")


def run_report(options: Namespace) -> None:
    """The report of a finished study, and with --paper what papers take."""
    from spikewright.experiments.report.paper import write_paper
    from spikewright.experiments.studies.study import open_study

    result = open_study(options.folder)
    with progress_bars(options.quiet) as progress:
        path = _report(result, progress)
        paper = write_paper(result, progress=progress) if options.paper else None
    say(f"report   {path}" + (f"\npaper    {paper}" if paper else ""))


def _tell(result: "StudyResult", how_long: str = "") -> None:
    """Say what was run, and on stderr which cells have no result and why."""
    state = result.state
    say(f"{result.ran} of {len(result.cells)} cells were run{how_long}, {state.stored} have a result")
    for fault in state.faults:
        say(f"{fault['cell']} ({fault['kind']}): {fault['said']}", file=sys.stderr)
    if state.held:
        say(f"not run, since they need one of these: {', '.join(state.held)}", file=sys.stderr)
    if state.ending == "spent":
        say(f"the run {ending_told(state, held=False)}", file=sys.stderr)
    for place in state.set_aside:
        say(f"damaged, and made anew: {place}", file=sys.stderr)
