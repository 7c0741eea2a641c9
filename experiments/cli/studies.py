"""The commands over whole runs: demo, study, report."""

import time
from argparse import Namespace
from pathlib import Path

from spikewright.experiments.cli.common import check_growing
from spikewright.experiments.cli.console import progress_bars


def run_demo(options: Namespace) -> None:
    """The demo's study and its report; the last lines say where to look."""
    from spikewright.experiments.demo import checks, demo_study, run_demo
    from spikewright.experiments.runs.study import STUDY_FOLDER

    check_growing(options.out, STUDY_FOLDER)
    study = demo_study(options.dataset, options.data, options.seed)
    start = time.perf_counter()
    with progress_bars(options.quiet) as progress:
        result = run_demo(study, options.out, workers=options.workers, progress=progress)
    print(checks(result))
    print(f"\n{result.ran} of {len(result.tasks)} tasks were run in {time.perf_counter() - start:.0f} s")
    print(f"report   {options.out / 'report.html'}")
    print(f"tables   {options.out / 'tables'}   figures   {options.out / 'figures'}   core   {options.out / 'core'}")


def run_study(options: Namespace) -> None:
    """A study from its file, and its report. --seed other than 0 replaces the study's seeds."""
    from spikewright.experiments.report.page import write_report
    from spikewright.experiments.runs.spec import read_study
    from spikewright.experiments.runs.study import STUDY_FOLDER, run_study

    study = read_study(options.file)
    if options.seed:
        study = study.model_copy(update={"seeds": (options.seed,)})
    out = options.out or Path("runs") / study.name
    check_growing(out, STUDY_FOLDER)
    with progress_bars(options.quiet) as progress:
        result = run_study(study, out, workers=options.workers, progress=progress)
        path = write_report(result, progress=progress)
    print(f"{result.ran} of {len(result.tasks)} tasks were run")
    print(f"report   {path}\ntables   {out / 'tables'}")


def run_report(options: Namespace) -> None:
    """The report of a finished study."""
    from spikewright.experiments.demo import checks
    from spikewright.experiments.report.page import write_report
    from spikewright.experiments.runs.study import open_study

    result = open_study(options.folder)
    with progress_bars(options.quiet) as progress:
        path = write_report(
            result, checks(result) if result.study.name.startswith("demo-") else None, progress=progress
        )
    print(f"report   {path}")
