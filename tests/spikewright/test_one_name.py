"""One import name: every room is `spikewright.<room>`, whatever the user's own files are called, and never there twice."""

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("snn", "compress", "conversion", "robustness", "hardware", "experiments")


OWN = """
import conversion, experiments, snn  # the user's own
assert (snn.mine, experiments.mine, conversion.mine) == (1, 2, 3)
import spikewright as sw
from spikewright.snn import RateCode
model, data = sw.load("small-digits"), sw.load_dataset("digits")
network = sw.convert(model, data.train_images[:50], sw.Rate(4, calibration=None)).to_fixed()
assert sw.simulate(network, data.test_images[:20]).accuracy(data.test_labels[:20]) > 0.8
assert snn.mine == 1 and sw.snn is not snn and sw.snn.RateCode is RateCode
print(sw.__file__)
"""


def _python(code: str, folder: Path, *, path: Sequence[Path] = ()) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {[str(folder), *map(str, path)]!r}\n{code}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _users_folder(folder: Path) -> Path:
    (folder / "experiments").mkdir(parents=True)
    (folder / "snn.py").write_text("mine = 1\n")
    (folder / "experiments" / "__init__.py").write_text("mine = 2\n")
    (folder / "conversion.py").write_text("mine = 3\n")
    return folder


def test_a_user_s_own_files_of_these_names_stay_the_user_s(tmp_path: Path) -> None:
    _python(OWN, _users_folder(tmp_path / "user"), path=[ROOT])


def test_a_wheel_holds_one_package_and_runs_beside_such_files(tmp_path: Path) -> None:
    build = "from setuptools.build_meta import build_wheel; build_wheel({!r})"
    copy = tmp_path / "copy"
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a checkout")
    for name in tracked.stdout.splitlines():
        if name.partition("/")[0] not in ("tests", "docs", "benchmarks") and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-c", build.format(str(tmp_path))]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        tops = {name.partition("/")[0] for name in wheel.namelist()}
        assert tops == {"spikewright", next(name for name in tops if name.endswith(".dist-info"))}
        assert {f"spikewright/{room}/__init__.py" for room in ROOMS} <= set(wheel.namelist())
        wheel.extractall(tmp_path / "site")
    where = _python(OWN, _users_folder(tmp_path / "user"), path=[tmp_path / "site"])
    assert where.startswith(str(tmp_path / "site"))


def test_the_names_of_daily_use_load_nothing_before_they_are_asked_for() -> None:
    code = """
import sys, spikewright
assert not {"torch", "numba", "scipy", "spikewright.snn"} & set(sys.modules)
import spikewright.snn
for name in spikewright.__all__:
    assert getattr(spikewright, name) is not None, name
assert {*spikewright.__all__} <= {*dir(spikewright)}
try:
    spikewright.nothing_of_that_name
except AttributeError:
    pass
else:
    raise AssertionError("a name that is not there was found")
"""
    _python(code, ROOT)
