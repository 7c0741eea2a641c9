"""The README's program runs as it stands."""

import csv
import importlib
import importlib.util
import re
from pathlib import Path

import pytest

from spikewright import InvalidFile

ROOMS = ("snn", "compress", "conversion", "robustness", "hardware", "experiments")
README = Path(__file__).parents[1] / "README.md"


@pytest.mark.slow
def test_the_program_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    [program] = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(program, str(README), "exec"), {})
    assert (tmp_path / "spike-core" / "core.json").exists()
    shown = capsys.readouterr().out
    assert "rewritten" in shown and "times smaller" in shown and "PGD" in shown


def test_every_file_that_it_names_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README.read_text())
    assert links
    assert all((README.parent / link).exists() for link in links if "://" not in link)


def test_its_numbers_are_those_of_the_stored_tables() -> None:
    from docs.readme import DEMO, blocks, rewritten

    text = README.read_text()
    assert rewritten(text) == text, "try python -m docs.readme"
    with DEMO.open(newline="") as file:
        rows = {row["dataset"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {"digits", "mnist", "fashion-mnist"}
    assert all(row["commit"] and row["versions"] and row["seed"] == "0" for row in rows.values())
    for network in ("lenet64-mnist", "vgg7-cifar10-quiet"):
        assert f"`{network}`" in blocks()["given"]


def test_the_page_of_benchmarks_says_what_networks_were_given() -> None:
    from benchmarks.page import INTRODUCTION, given

    page = (README.parent / "docs" / "benchmarks.md").read_text()
    assert page.startswith(f"{INTRODUCTION}\n{given()}\n") and "8-bit weights" in given()


def test_a_block_that_is_missing_or_stale_is_told() -> None:
    from docs.readme import rewritten

    text = README.read_text()
    assert rewritten(text.replace("98.89 %", "98.67 %")) == text
    with pytest.raises(InvalidFile, match="expected one block 'demo'"):
        rewritten(text.replace("<!-- demo -->", ""))


def test_a_finished_demo_becomes_a_row(tmp_path: Path) -> None:
    """Numbers and origin of a study with the demo's networks; the rows of other data sets stay."""
    from docs import readme
    from spikewright.experiments.studies.spec import make_study
    from spikewright.experiments.studies.study import run_study

    study = {
        "name": "small",
        "dataset": {"train": 40, "test": 10},
        "model": {"zoo": "small-digits"},
        "compressions": [{"bits": None, "rounds": 1, "round_epochs": 0, "final_epochs": 0, "images": 20}],
        "conversions": [
            {"name": "rate", "recipe": "rate", "steps": 2, "samples": 20},
            {"name": "ttfs", "recipe": "ttfs", "samples": 20},
        ],
    }
    run_study(make_study(study), tmp_path / "run")
    row = readme.demo_row(tmp_path / "run")
    assert row["dataset"] == "digits" and row["images"] == "10" and 0 <= float(row["rate"]) <= 1
    assert row["commit"] and "torch" in row["versions"] and row["threads"] == "1"


def test_every_module_that_a_page_or_docstring_runs_or_names_exists() -> None:
    root, missing = README.parent, []
    pages = [README, root / "CONTRIBUTING.md", *(root / "docs").glob("*.md")]
    sources = [path for room in (*ROOMS, "docs", "benchmarks") for path in (root / room).rglob("*.py")]
    for path in [*pages, *sources]:
        text = path.read_text()
        found = re.findall(r"python -m ([\w.]+\w)", text)
        found += re.findall(rf"`((?:{'|'.join(ROOMS)})\.[a-z_.]*[a-z_])`", text) if path in pages else []
        missing += [f"{path.name}: {name}" for name in found if not _exists(name)]
    assert not missing


def _exists(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    name = f"spikewright.{name}" if name.partition(".")[0] in ROOMS else name
    module, _, last = name.rpartition(".")
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return bool(module) and hasattr(importlib.import_module(module), last)
