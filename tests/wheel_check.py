"""What a user gets: the wheel in a clean environment with the core dependencies alone, beside the user's own files.

    python -m tests.wheel_check FOLDER       (or `make wheel-check`; downloads what the wheel needs, and takes minutes)

It builds the wheel, installs it into FOLDER/venv, and runs the README's program, a worker pool, pytest and mypy --strict in a
folder with the user's own snn.py, conversion.py and experiments/. Then the same for an editable install. Prints the number
of distributions and their size on disk; stops at the first thing that fails.
"""

import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
OWN = {
    "snn.py": "mine = 1\n",
    "conversion.py": "mine = 2\n",
    "experiments/__init__.py": "mine = 3\n",
    "pytest.ini": "[pytest]\n",
    "own.py": """import conversion
import experiments
import snn
import spikewright as sw
import spikewright.snn

assert (snn.mine, conversion.mine, experiments.mine) == (1, 2, 3)
assert sw.snn is spikewright.snn and sw.snn is not snn
print("installed:", sw.__file__)
""",
    "workers.py": """from joblib import Parallel, delayed

import spikewright.snn


def steps_of(code: spikewright.snn.RateCode) -> tuple[int, str]:
    return code.steps, spikewright.__file__


if __name__ == "__main__":
    codes = [spikewright.snn.RateCode(steps) for steps in (3, 4)]
    found = Parallel(n_jobs=2, backend="loky")(delayed(steps_of)(code) for code in codes)
    assert found == [(3, spikewright.__file__), (4, spikewright.__file__)], found
""",
    "typed.py": """import numpy as np

import spikewright as sw
from spikewright.snn import Activity, Network

model = sw.load("small-digits")
data = sw.load_dataset("digits")
network: Network = sw.convert(model, data.train_images[:50], sw.Rate(steps=4))
activity: Activity = sw.simulate(network.to_fixed(potential_bits=16), np.zeros((2, 1, 8, 8), np.float32))
share: float = activity.accuracy(np.zeros(2, np.int64))
""",
    "test_own.py": """import snn
import spikewright as sw


def test_both_are_there() -> None:
    assert snn.mine == 1 and sw.snn.RateCode(3).steps == 3
""",
    "missing.py": """import spikewright as sw
from spikewright.optional import PACKAGES, require

for package in PACKAGES:
    try:
        require(package)
    except sw.MissingTool as error:
        print(error)
""",
}
MEASURE = """
import importlib.metadata as m, os
own = [d for d in m.distributions() if d.metadata["Name"].lower() not in ("pip", "setuptools", "wheel")]
size = sum(os.path.getsize(f.locate()) for d in own for f in d.files or () if os.path.isfile(f.locate()))
print(f"{len(own)} distributions, {size / 1e6:,.0f} MB")
"""


class CleanEnvironment:
    """A virtual environment below `folder`, and the user's files beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "user"
        venv.create(folder / "venv", with_pip=True, clear=True)
        self.python = folder / "venv" / "bin" / "python"
        [program] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        for name, text in {**OWN, "readme.py": program}.items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            (self.home / name).write_text(text)

    def install(self, *what: str) -> None:
        """With the versions that the tests run with."""
        constraints = str(ROOT / "constraints.txt")
        self.run("-m", "pip", "install", "--quiet", "--constraint", constraints, *what)

    def uninstall(self) -> None:
        """Compiled kernels lie beside their sources and stay; a folder of theirs would be imported before an editable install."""
        self.run("-m", "pip", "uninstall", "--quiet", "--yes", "spikewright")
        [site] = (self.folder / "venv" / "lib").glob("python*/site-packages")
        shutil.rmtree(site / "spikewright", ignore_errors=True)

    def run(self, *arguments: str) -> None:
        """Python with these arguments in the user's folder, apart from this checkout. Raises SystemExit when it fails."""
        print("python", *(one if len(one) < 60 else "..." for one in arguments), flush=True)
        done = subprocess.run([str(self.python), *arguments], cwd=self.home)
        if done.returncode:
            raise SystemExit(f"failed with status {done.returncode}")

    def user(self) -> None:
        """What a user does."""
        shutil.rmtree(self.home / "spike-core", ignore_errors=True)
        for script in ("own.py", "missing.py", "workers.py", "readme.py"):
            self.run(script)
        self.run("-m", "spikewright.experiments.cli", "--help")

    def tools(self) -> None:
        """A user's tests and type checker."""
        self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_own.py")
        self.run("-m", "mypy", "--strict", "--no-incremental", "typed.py", "workers.py", "own.py")


def build(root: Path, folder: Path) -> Path:
    """The wheel of the checkout `root`, made of a copy of its tracked files."""
    copy = folder / "copy"
    tracked = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout
    for name in tracked.splitlines():
        if (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, copy / name)
    code = f"from setuptools.build_meta import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


def main(arguments: Sequence[str]) -> None:
    """Build, install, run; FOLDER is made anew and removed at the end."""
    folder = Path(arguments[0]).resolve()
    if folder.exists():
        raise SystemExit(f"expected a folder that does not exist, got {folder}; try another name")
    folder.mkdir(parents=True)
    try:
        wheel, clean = build(ROOT, folder), CleanEnvironment(folder)
        clean.install(str(wheel))
        clean.run("-c", MEASURE)
        clean.user()
        clean.install("pytest", "mypy")
        clean.tools()
        clean.uninstall()
        clean.install("--editable", str(ROOT))
        clean.user()
        clean.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_own.py")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
