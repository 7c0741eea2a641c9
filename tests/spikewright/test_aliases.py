"""In the repository's root a room's folder name is the room itself, also in worker processes."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


SAME = """
import sys
import snn, snn.codes, experiments.zoo.cards as cards
from snn.reference import engine
from conversion.recipes import Rate
import spikewright.conversion, spikewright.experiments.zoo.cards, spikewright.snn.codes, spikewright.snn.reference.engine
assert snn is spikewright.snn and sys.modules["snn.codes"] is spikewright.snn.codes is snn.codes
assert engine is spikewright.snn.reference.engine and cards is spikewright.experiments.zoo.cards
assert Rate is spikewright.conversion.Rate and Rate.__module__.startswith("spikewright.")
assert spikewright.snn.codes.__spec__.name == "spikewright.snn.codes"
try:
    import snn.nothing_of_that_name
except ModuleNotFoundError as error:
    assert error.name == "snn.nothing_of_that_name", error.name
else:
    raise AssertionError("a module that is not there was found")
"""


WORKERS = """
from joblib import Parallel, delayed
import snn, spikewright
networks = Parallel(n_jobs=2, backend="loky")(delayed(snn.RateCode)(steps) for steps in (3, 4))
assert networks == [spikewright.snn.RateCode(3), spikewright.snn.RateCode(4)] and type(networks[0]) is snn.RateCode
"""


def _python(code: str, folder: Path, *, path: Sequence[Path] = ()) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {[str(folder), *map(str, path)]!r}\n{code}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_folder_s_own_name_is_the_same_module() -> None:
    _python(SAME, ROOT)


@pytest.mark.parametrize("module", ["spikewright.experiments.zoo", "experiments.zoo", "experiments.learning.leat"])
def test_modules_run_as_programs_by_either_name(module: str) -> None:
    command = [sys.executable, "-W", "error", "-m", module, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("usage"), done.stderr


def test_worker_processes_see_the_same_modules() -> None:
    _python(WORKERS, ROOT)
