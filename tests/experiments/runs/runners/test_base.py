"""Leaving a runner's block closes it."""

from spikewright.experiments.runs.runners.base import lost
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner


def test_what_runs_say_of_their_runner() -> None:
    assert HereRunner().describe() == {"runner": "here", "workers": 1}
    assert ProcessRunner(3).describe() == {"runner": "processes", "workers": 3}
    fault = lost("key").fault
    assert fault is not None and fault.kind == "lost"
