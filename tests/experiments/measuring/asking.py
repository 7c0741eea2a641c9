"""Sweeps over the first images of the embedded data set, and the tables that they leave."""

from pathlib import Path

from spikewright import Table
from spikewright.experiments import store
from spikewright.experiments.measuring.__main__ import main

SMALL = ["--network", "small-digits", "--images", "30"]


def measured(folder: Path, *arguments: str, code: int = 0) -> dict[str, Table]:
    """The tables that a sweep leaves in `folder`, by name, after it has ended with the exit code that is wanted."""
    assert main([*arguments, "--quiet", "--output", str(folder)]) == code
    results = store(folder)
    return {name: results.table(name) for name in results.names}
