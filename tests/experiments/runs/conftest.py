"""A study that has been run."""

from pathlib import Path

import pytest

from spikewright.experiments.runs.study import run_study
from tests.experiments.runs.small_study import small


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small study, finished; tests may add tasks to it."""
    folder = tmp_path_factory.mktemp("study")
    assert run_study(small(), folder).ran == 3
    return folder
