"""The demo, shrunk: the same study with fewer images and epochs, end to end."""

import re
import shutil
from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.experiments.cli import main
from spikewright.experiments.demo import DATASETS, checks, checks_of, demo_study
from spikewright.experiments.records.reading import BOOKS, Tables
from spikewright.experiments.report.page import write_report
from spikewright.experiments.studies.spec import Study, make_study
from spikewright.experiments.studies.study import StudyResult, run_study
from spikewright.hardware import load_core, replay
from spikewright.marker import MARKER

FIGURES = {
    "accuracy-over-steps",
    "raster-rate",
    "raster-ttfs",
    "attacks",
    "noise",
    "overview",
    "footprint-compressed",
    "errors",
}
FIGURES |= {f"activations-{network}" for network in ("rate", "ttfs", "integer-cnn")}
TABLES = {
    "accuracy", "accuracy_over_steps", "activity", "baseline", "checks", "compression", "conversion", "core", "diagnosis",
    "estimate", "footprint", "hardware", "robustness", "training", *BOOKS,
}  # fmt: skip


def shrunk() -> Study:
    """The demo's study on few images: every part of it is there."""
    values = demo_study().model_dump(mode="json")
    values["dataset"] |= {"train": 300, "test": 40}
    values["model"]["training"]["epochs"] = 6
    short = {"rounds": 1, "round_epochs": 1, "final_epochs": 2, "quantize_epochs": 2}
    values["compressions"][0] |= short
    values["robustness"]["images"] = 20
    for part in values["robustness"]["noise"]:
        part["strengths"] = part["strengths"][:2]
    for part in values["robustness"]["attacks"]:
        part |= {"images": 10, "epsilons": [0.1, 0.3], "steps": 2}
    return make_study(values)


def ran(folder: Path) -> StudyResult:
    """The study as the command runs it."""
    result = run_study(shrunk(), folder)
    write_report(result, checks_of(result))
    return result


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    return ran(tmp_path_factory.mktemp("demo"))


def test_it_writes_report_tables_figures_and_core(demo: StudyResult) -> None:
    out = demo.folder
    assert {path.name for path in out.iterdir()} >= {"report.html", "tables", "figures", "core", "study.json"}
    assert {path.parent.name for path in (out / "tables").glob("*/part-0000.parquet")} == TABLES
    assert {path.stem for path in (out / "tables").glob("*.csv")} == TABLES
    for ending in ("png", "svg"):
        drawn = {path.stem for path in (out / "figures").glob(f"*.{ending}")}
        assert {
            re.sub(r"-\d+$", "", name) for name in drawn
        } == FIGURES  # a panel of a figure for small screens has a number
    assert {path.name for path in out.rglob(".*")} == {MARKER}


def test_the_core_loads_and_replays(demo: StudyResult) -> None:
    core, network = load_core(demo.folder / "core")
    assert network.numbers == "fixed" and core.code.steps == 7
    again = replay(demo.folder / "core")
    assert again.equal and again.events > 0


def test_robustness_covers_ann_and_both_codes(demo: StudyResult) -> None:
    table = demo.tables["robustness"]
    under = {model: set(table.where(model=model)["perturbation"]) for model in set(table["model"])}
    (pgd,) = (name for name in under["ann"] if name.startswith("PGD"))
    assert under["ann"] >= {"GaussianNoise", "ImpulseNoise", "FGSM"}
    assert under["rate"] >= under["ann"] | {
        "SpikeDeletionFault",
        "SpikeJitterFault",
        "WeightBitFlips",
        f"{pgd} from ann",
    }
    assert under["ttfs"] >= {"SpikeDeletionFault", "SpikeJitterFault", "FGSM", pgd, f"{pgd} from ann"}
    flips = [
        row for row in table if row["perturbation"] == "WeightBitFlips" and row["strength"] > 0 and row["accuracy"]
    ]
    assert flips and {(row["over"], row["chips"]) for row in flips} == {("images and chips", 5)}
    for model in under:
        for attack in ("FGSM", pgd):
            rows = sorted(table.where(model=model, perturbation=attack), key=lambda row: row["strength"])
            values = [row["accuracy"] for row in rows]
            assert values == sorted(values, reverse=True), (model, attack)
    assert all(row["low"] <= row["accuracy"] <= row["high"] for row in table if row["accuracy"] is not None)


def test_hardware_has_corners_and_a_sweep_of_both_networks(demo: StudyResult) -> None:
    table = demo.tables["hardware"]
    for network in ("rate", "integer-cnn"):
        found = table.where(network=network)["architecture"]
        assert {"fully_parallel", "time_multiplexed", "hybrid", "sweep"} == set(found) and len(found) > 50
    chosen = table.where(chosen=True)
    assert len(chosen) == 1 and chosen["network"] == ["rate"] and chosen["fits"] == [True]
    fitting = table.where(network="rate", fits=True)
    assert chosen["fpga_energy_uj"][0] == min(fitting["fpga_energy_uj"])


def test_checks_are_measured(demo: StudyResult) -> None:
    table = checks(demo)
    measured = dict(zip(table["check"], table["measured"], strict=True))
    accuracy = {row["network"]: row for row in demo.tables["accuracy"]}
    assert measured["accuracy of the ANN"] == accuracy["ann"]["accuracy"]
    assert (
        measured["accuracy lost by the TTFS SNN"] == accuracy["compressed"]["accuracy"] - accuracy["ttfs"]["accuracy"]
    )
    assert measured["spikes per neuron of the TTFS SNN"] == accuracy["ttfs"]["spikes_per_neuron"] < 1
    assert Tables(demo.store)["checks"]["measured"] == table["measured"]
    rows = zip(table["measured"], table["target"], table["holds"], strict=True)
    for value, target, holds in rows:
        bound = float(target.split()[-1])
        assert holds == (value >= bound if "least" in target else value <= bound)


def test_a_second_run_does_nothing_but_the_report(demo: StudyResult) -> None:
    figures = {path: path.read_bytes() for path in (demo.folder / "figures").iterdir()}
    before = dict(Tables(demo.store))
    (demo.folder / "report.html").unlink()
    assert ran(demo.folder).ran == 0
    assert (demo.folder / "report.html").is_file()
    assert dict(Tables(demo.store)) == before
    assert {path: path.read_bytes() for path in (demo.folder / "figures").iterdir()} == figures


def test_the_report_command_writes_it_again(demo: StudyResult, capsys: pytest.CaptureFixture[str]) -> None:
    text = (demo.folder / "report.html").read_text()
    assert main(["report", str(demo.folder), "--quiet"]) == 0
    assert (demo.folder / "report.html").read_text() == text
    assert "report.html" in capsys.readouterr().out
    for name in FIGURES:
        assert f'id="{name}"' in text
    assert demo.provenance.configuration in text


def test_the_page_shows_inputs_and_adversarials(demo: StudyResult) -> None:
    text = (demo.folder / "report.html").read_text()
    kept = {path.parent.name.rpartition("-")[0] for path in (demo.store.cells).glob("*/examples.npz")}
    harmed = [cell for cell in demo.cells if cell.stage in ("noise", "attack")]
    seen = {
        f"{cell.stage}-{cell.name}" for cell in harmed if not cell.name.endswith(("spike-deletion", "jitter", "flips"))
    }
    assert kept == seen and len(kept) == 19
    assert text.count('<figure class="strip">') == 5 and "What the networks saw" in text


def test_a_fault_planted_in_one_cell_leaves_a_report_of_the_others(
    demo: StudyResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: object, work: object) -> None:
        raise RuntimeError("planted here")

    folder = tmp_path / "demo"
    shutil.copytree(demo.folder, folder)
    cell = next(cell for cell in demo.cells if cell.name == "rate-fgsm")
    shutil.rmtree(folder / "cells" / cell.folder)
    monkeypatch.setattr("spikewright.experiments.demo.demo_study", lambda *asked: shrunk())
    with monkeypatch.context() as planted:
        planted.setattr("spikewright.experiments.stages.harm.AttackStage.run", broken)
        assert main(["demo", "--out", str(folder), "--quiet"]) == 1
    told, text = capsys.readouterr(), (folder / "report.html").read_text()
    assert "34 have a result" in told.out and "attack rate-fgsm (failed): " in told.err and "planted here" in told.err
    assert "34 of 35 cells have a result" in text and "What is missing and why" in text and "planted here" in text
    assert "Build " in text and 'id="overview"' in text and "http-equiv" not in text
    assert main(["demo", "--out", str(folder), "--quiet"]) == 0
    assert "1 of 35 cells were run" in capsys.readouterr().out
    text = (folder / "report.html").read_text()
    assert "All 35 cells have a result" in text and "What is missing and why" not in text


def test_the_demo_knows_its_data_sets() -> None:
    for name in DATASETS:
        study = demo_study(name, seed=3)
        assert study.seeds == (3,) and study.dataset.name == name
    assert demo_study("mnist").model.zoo == "lenet5-mnist"
    with pytest.raises(InvalidInput, match="digits"):
        demo_study("cats")
