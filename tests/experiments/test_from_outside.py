"""What a user adds from outside: a method, a recipe, an attack, a corruption, a device and a stage, no source file touched."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.cli import main
from spikewright.experiments.report.tables import read_table
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.spec import read_study
from spikewright.experiments.studies.study import open_study

THEIRS = '''
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import torch

from spikewright.compress.draft import Draft
from spikewright.compress.methods import Method
from spikewright.conversion import Coding, NeuronChoice, Recipe
from spikewright.experiments.stages.base import Stage
from spikewright.hardware import DEVICES
from spikewright.robustness import Attack
from spikewright.robustness.corruptions.base import PROBABILITY
from spikewright.robustness.corruptions.images import ImageCorruption
from spikewright.snn import IF, Direct
from spikewright.tables import Within


@dataclass(frozen=True)
class Halved(Method):
    """Every weight becomes half of itself.

    times: how often.
    """

    times: Annotated[int, Within(1, 9)] = 1

    def apply(self, model, data=None, *, progress=None):
        draft = Draft.of(model)
        with torch.no_grad():
            for each in draft.model.parameters():
                each.mul_(0.5**self.times)
        draft.steps.append(f"halved {self.times} times")
        return draft.finish()


@dataclass(frozen=True)
class Even(Recipe):
    """Every unit has the same threshold.

    steps: length of the run.
    """

    steps: Annotated[int, Within(1, 512)] = 8

    def coding(self, plan, images):
        one, neuron = np.asarray(0.5), IF(0.5)
        choices = {unit.name: NeuronChoice(neuron, one, "as all others", 0.25) for unit in plan.hidden}
        return Coding(Direct(self.steps), choices, 1.0, 1.0 / self.steps, ())

    def prepared(self, plan):
        return plan.integrated()


@dataclass(frozen=True)
class Brighter(Attack):
    """Everything becomes brighter by a share of epsilon."""

    share: Annotated[float, Within(0, 1)] = 1.0
    norm = "linf"

    def search(self, task):
        return task.ball.center + self.share * task.ball.epsilon


@dataclass(frozen=True)
class Darker(ImageCorruption):
    """Every value is multiplied by 1 - strength."""

    strength = PROBABILITY

    def apply(self, images, strength, seed, bounds):
        return images * (1 - strength)


BOARD = replace(DEVICES["xc7a100t"], name="their-board", lut=99_999)


@dataclass(frozen=True)
class Counted(Stage):
    """How many numbers a model or network holds.

    factor: times which.
    """

    factor: Annotated[int, Within(1)] = 1

    def run(self, work):
        if work.is_network("subject"):
            count = sum(population.size for population in work.network("subject").populations)
        else:
            model = work.model("subject")
            count = sum(each.numel() for each in getattr(model, "model", model).parameters())
        return {"counted": [{"network": work.params["subject"], "numbers": self.factor * count}]}
'''

STUDY = """
dataset: {train: 120, test: 30}
model: {architecture: small_cnn, training: {epochs: 1, batch_size: 32}}
compressions:
  - name: small
    images: 40
    methods: [{method: "their_parts:Halved", times: 2}, {method: quantize, bits: 4, training: {epochs: 1}}]
conversions:
  - {name: rate, recipe: rate, steps: 3, samples: 40, fixed: {}}
  - {name: even, recipe: "their_parts:Even", steps: 4, samples: 40}
robustness:
  subjects: [ann, even]
  images: 10
  noise: [{kind: "their_parts:Darker", strengths: [0.5]}, {kind: stuck-at-0, strengths: [0.1], subjects: [even], repeats: 2}]
  attacks: [{kind: "their_parts:Brighter", share: 0.5, epsilons: [0.1]}, {kind: square, queries: 3, epsilons: [0.1]}]
hardware: {device: "their_parts:BOARD", networks: [rate], images: 10, golden: 1}
stages:
  - {stage: "their_parts:Counted", factor: 2, subjects: [ann, even]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("theirs")
    (made / "their_parts.py").write_text(THEIRS)
    (made / "own.yaml").write_text(STUDY)
    return made


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's folder as the working folder; their module is forgotten again."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield folder
    sys.modules.pop("their_parts", None)


def test_a_study_of_parts_from_outside(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "own.yaml", "--quiet", "--out", "out"]) == 0, capsys.readouterr().err
    tables = open_study(here / "out").tables
    assert next(row["done"] for row in tables["compression"]) == "halved 2 times"
    assert set(tables["robustness"]["perturbation"]) == {
        "Brighter(share=0.5)",
        "Darker",
        "Square(queries=3)",
        "StuckAt0Fault",
    }
    assert {row["network"] for row in tables["accuracy"]} == {"ann", "small", "rate", "even"}
    assert set(tables["hardware"]["device"]) == {"their-board"}
    numbers = {row["network"]: row["numbers"] for row in tables["counted"]}
    assert set(numbers) == {"ann", "even"} and all(count % 2 == 0 for count in numbers.values())
    page = (here / "out" / "report.html").read_text()
    assert "their_parts:Halved, quantize" in page and "<b>even</b><span>Even</span>" in page and "Counted" in page


def test_a_report_of_parts_from_outside_runs_none_of_their_code(here: Path) -> None:
    """Run after the study; the module would leave a mark."""
    text = (here / "their_parts.py").read_text()
    (here / "their_parts.py").write_text("raise SystemExit('imported')\n" + text)
    try:
        assert not open_study(here / "out").complete  # another code, another cell
    finally:
        (here / "their_parts.py").write_text(text)
    assert "their_parts" not in sys.modules
    assert len(open_study(here / "out").tables["counted"]) == 2
    assert "their_parts" not in sys.modules


def test_their_code_is_part_of_what_a_task_means(here: Path) -> None:
    before = {cell.label: cell.key for cell in expand(read_study("own.yaml"))}
    sys.modules.pop("their_parts")
    with (here / "their_parts.py").open("a") as file:
        file.write("# another line\n")
    after = {cell.label: cell.key for cell in expand(read_study("own.yaml"))}
    changed = {label for label in before if before[label] != after[label]}
    assert "train ann" not in changed and {"compress small", "convert even", "simulate even"} <= changed


def test_commands_take_parts_from_outside(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quick = ["--quiet", "--seed", "1"]
    chain = ["their_parts:Halved,times=2", "quantize,bits=3,training.epochs=1"]
    assert main(["train", *quick, "--epochs", "1", "--out", "m.safetensors"]) == 0
    assert (
        main(["compress", "m.safetensors", *quick, "--images", "40", "--method", *chain, "--out", "s.safetensors"]) == 0
    )
    assert "halved 2 times" in capsys.readouterr().out
    told = ["--samples", "40", "--images", "10", *quick]
    assert main(["convert", "s.safetensors", *told, "--recipe", "their_parts:Even,steps=4", "--out", "e.spike"]) == 0
    assert main(["convert", "s.safetensors", *told, "--steps", "3", "--out", "r.spike"]) == 0
    harm = ["--attack", "their_parts:Brighter,share=0.5", "--noise", "their_parts:Darker", "weight-variation"]
    assert main(["attack", "e.spike", *harm, "--images", "5", *quick]) == 0
    found = set(read_table("attack.parquet")["perturbation"])
    assert found == {"clean", "Brighter(share=0.5)", "Darker", "WeightVariationFault"}
    assert main(["estimate", "r.spike", "--device", "their_parts:BOARD", "--images", "5", *quick]) == 0
    assert main(["export", "r.spike", "--device", "their_parts:BOARD", "--images", "5", "--golden", "1", *quick]) == 0
    shown = capsys.readouterr().out
    assert shown.count("their-board") >= 2 and "gives the same spikes" in shown


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("their_parts:Halved", "their_parts:Halfed"), "got no Halfed there; try Halved"),
        (("times: 2", "times: 0"), "expected times to be a whole number from 1 to 9, got 0"),
        (("times: 2", "tims: 2"), "got tims; try times"),
        (("their_parts:Even", "their_parts:Counted"), "to be a dataclass that is a Recipe, got the class Counted"),
        (("their_parts:Brighter", "nowhere:Brighter"), "No module named 'nowhere'"),
        (("their_parts:BOARD", "xc7a10t"), "expected a device out of"),
        (("factor: 2", "factor: two"), "expected factor to be a whole number of at least 1, got 'two'"),
        (("stuck-at-0", "stuck-at-2"), "try stuck-at-"),
        (("{method: quantize", "{methud: quantize"), "expected the name of a method"),
        (("bits: 4", "bits: 40"), "expected bits to be a whole number from 2 to 8, got 40"),
    ],
)  # fmt: skip
def test_a_fault_in_a_study_is_told_before_anything_runs(here: Path, change: tuple[str, str], told: str) -> None:
    (here / "bad.yaml").write_text(STUDY.replace(*change))
    with pytest.raises(InvalidFile) as error:
        read_study("bad.yaml")
    assert told in str(error.value) and "\n" not in str(error.value)
