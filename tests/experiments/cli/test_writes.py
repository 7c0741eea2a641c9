"""Every command at a place where something else stands: refused before any work, in one line, and nothing is touched."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.cli.parser import commands, make_parser
from spikewright.experiments.events.__main__ import main as events
from spikewright.experiments.runs.origin import origin_of
from spikewright.experiments.zoo.__main__ import main as zoo


@dataclass(frozen=True)
class Case:
    """Arguments but --out, and what is appended to it; `folder`: --out is a folder."""

    arguments: str
    endings: tuple[str, ...] = ("",)
    folder: bool = False


TABLE, FIGURE = (".parquet", ".csv"), (".png", ".svg")
PICTURES = tuple(f"-{name}{ending}" for name in ("activations", "errors", "steps") for ending in FIGURE)
CASES = {
    "train": Case("--zoo small-digits"),
    "compress": Case("model --images 32 --epochs 1 --quiet"),
    "adapt": Case("model --replace ReLU=relu6 --train 64 --epochs 1 --quiet"),
    "convert": Case("model --samples 20 --no-diagnosis"),
    "diagnose": Case(
        "net model --images 10 --samples 20 --quiet", (*TABLE, *(f"-baseline{e}" for e in TABLE), *PICTURES)
    ),
    "simulate": Case("net --images 10", TABLE),
    "attack": Case("model --images 4 --epsilons 0.1 --pgd-steps 2 --quiet", TABLE),
    "estimate": Case("net --images 10", TABLE),
    "break-even": Case("net --images 10 --over 1 2", (*TABLE, *(f"-limits{ending}" for ending in FIGURE))),
    "partition": Case("net --images 10 --lanes 32 --device ecp5-25k", TABLE),
    "stream": Case("net --images 10 --lanes 2 --device ice40-hx8k", TABLE),
    "explore": Case("net --images 10 --quiet", (*TABLE, *(f"-pareto{ending}" for ending in FIGURE))),
    "costs": Case(
        "model --images 4 --timed 1 --samples 20 --quiet", (*TABLE, *(f"-saved{ending}" for ending in FIGURE))
    ),
    "export": Case("net --images 10 --golden 1 --design time-multiplexed", folder=True),
    "demo": Case("--quiet", folder=True),
    "study": Case("study.yaml --quiet", folder=True),
    "stdp": Case("--neurons 4 --passes 1 --quiet", folder=True),
}
NO_OUT = {"check", "new", "report", "query", "status", "clean"}
SLOW = {"demo", "study", "stdp"}
"""Written again in tests of their own."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    assert main(["train", "--zoo", "small-digits", "--out", str(folder / "model")]) == 0
    assert (
        main(["convert", str(folder / "model"), "--samples", "20", "--no-diagnosis", "--out", str(folder / "net")]) == 0
    )
    (folder / "study.yaml").write_text(
        "{name: s, model: {zoo: small-digits}, conversions: [{name: r, recipe: rate, steps: 2}]}"
    )
    return folder


def call(name: str, here: Path, out: Path, *more: str) -> int:
    known = {path.name for path in here.iterdir()}
    arguments = [str(here / word) if word in known else word for word in CASES[name].arguments.split()]
    return main([name, *arguments, "--out", str(out), *more])


def content(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_the_table_has_every_command() -> None:
    assert CASES.keys() | NO_OUT == set(commands())
    for name in commands():
        sub = next(action for action in make_parser()._actions if action.dest == "command").choices[name]  # type: ignore[index]
        flags = {flag for action in sub._actions for flag in action.option_strings}
        assert ("--out" in flags) == (name not in NO_OUT)
        assert ("--force" in flags) == (name in CASES and not CASES[name].folder)


@pytest.mark.parametrize("name", CASES)
def test_what_others_made_stays(name: str, here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, ending in enumerate(CASES[name].endings):
        place = tmp_path / str(number)
        out = place / "out"
        if CASES[name].folder:
            out.mkdir(parents=True)
            (out / "thesis.tex").write_text("years of work")
        else:
            place.mkdir()
            (place / f"out{ending}").write_text("years of work")
        before = content(place)
        capsys.readouterr()
        assert call(name, here, out) == 2
        error = capsys.readouterr().err.strip()
        assert re.fullmatch(rf"spikewright {name}: expected [^\n]*{re.escape(str(out))}[^\n]*", error), error
        assert ("(--force) to replace it" in error) != CASES[name].folder
        assert content(place) == before


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", [name for name in CASES if name not in SLOW])
def test_what_it_made_itself_is_written_again(name: str, here: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call(name, here, out) == 0
    made = content(tmp_path)
    assert call(name, here, out) == 0
    assert content(tmp_path).keys() == made.keys()
    if not CASES[name].folder:
        for ending in CASES[name].endings:
            (tmp_path / f"out{ending}").write_text("years of work")
        assert call(name, here, out, "--force") == 0
        assert content(tmp_path).keys() == made.keys()
        assert b"years of work" not in content(tmp_path).values()


def test_an_input_is_not_its_own_output(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(here)
    for name, source in (("compress", "model"), ("convert", "model")):
        assert call(name, here, here / source) == 2
    assert content(here) == before and origin_of(here / "model") is not None


def test_defaults_are_names_of_ours() -> None:
    assert make_parser().parse_args(["export", "net"]).out == Path("spike-core")


def test_a_checkpoint_is_not_put_into_somebody_s_folder(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.tex").touch()
    assert main(["train", "--epochs", "1", "--out", str(tmp_path / "m"), "--checkpoint", str(tmp_path / "theirs")]) == 2
    assert "expected a checkpoint of a training" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"theirs"}


def test_the_zoo_and_events_keep_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in (".json", ".safetensors"):
        (tmp_path / f"small-digits{ending}").write_text("mine")
        assert zoo(["train", "small-digits", "--output", str(tmp_path)]) == 2
        assert "another file" in capsys.readouterr().err
        (tmp_path / f"small-digits{ending}").unlink()
    np.save(tmp_path / "mine.npy", np.zeros(3))
    assert events(["--data", str(tmp_path), "--out", str(tmp_path / "mine.npy")]) == 2
    assert "expected a spiking network or nothing" in capsys.readouterr().err
