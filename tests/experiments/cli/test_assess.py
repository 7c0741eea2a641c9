"""attack, estimate, explore and export."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from spikewright import snn
from spikewright.conversion import Rate, convert
from spikewright.experiments.cli import main
from spikewright.experiments.report.tables import read_table
from tests.hardware.small_networks import perceptron


def test_attack_takes_models_and_networks(made: Path, tmp_path: Path) -> None:
    files = [str(made / name) for name in ("model.safetensors", "small.safetensors", "net.spike")]
    told = [
        "--images",
        "8",
        "--epsilons",
        "0.3",
        "--attacks",
        "fgsm",
        "--noise",
        "impulse",
        "--strengths",
        "0.1",
        "--quiet",
    ]
    assert main(["attack", *files, *told, "--out", str(tmp_path / "attack")]) == 0
    table = read_table(tmp_path / "attack.parquet")
    assert set(table["model"]) == set(files)
    assert set(table["perturbation"]) == {"clean", "FGSM", "ImpulseNoise"}


def test_a_network_that_is_attacked_by_transfer(made: Path, tmp_path: Path) -> None:
    told = ["--transfer-from", str(made / "model.safetensors"), "--attacks", "fgsm", "--epsilons", "0.1", "--quiet"]
    assert main(["attack", str(made / "ttfs.spike"), *told, "--images", "8", "--out", str(tmp_path / "t")]) == 0
    assert any("from" in name for name in read_table(tmp_path / "t.parquet")["perturbation"])


def test_estimate_explore_export(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = str(made / "net.spike")
    assert main(["estimate", net, "--images", "20", "--out", str(tmp_path / "estimate")]) == 0
    assert read_table(tmp_path / "estimate.parquet")["layer"][-1] == "total"
    capsys.readouterr()
    small = ["--device", "ice40-hx8k", "--design", "fully-parallel", "--out", str(tmp_path / "small")]
    assert main(["estimate", net, "--images", "20", *small]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "does not fit ice40-hx8k: " in said and "LUT of 7,680 (" in said and "try --design best" in said
    assert main(["explore", net, "--images", "20", "--quiet", "--out", str(tmp_path / "explore")]) == 0
    table = read_table(tmp_path / "explore.parquet")
    assert sum(table["chosen"]) == 1
    assert (tmp_path / "explore-pareto.png").stat().st_size > 1000
    told = ["--beside", "ecp5-85k", "--bounds", "lut=60000", "accuracy=0", "--grid", "--quiet"]
    assert main(["explore", net, "--images", "20", *told, "--out", str(tmp_path / "wide")]) == 0
    wide = read_table(tmp_path / "wide.parquet")
    assert set(wide["device"]) == {"xc7a100t", "ecp5-85k"}
    assert all(row["lut"] <= 60000 for row in wide if row["feasible"])
    capsys.readouterr()
    assert main(["export", net, "--images", "20", "--golden", "2", "--out", str(tmp_path / "core")]) == 0
    assert "replaying 2 golden images gives the same spikes" in capsys.readouterr().out
    assert (tmp_path / "core" / "core.json").is_file()


@pytest.mark.skipif(
    shutil.which("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)
def test_export_simulates_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = perceptron((64, 6, 10), steps=2)
    pixels = replace(network.populations[0], shape=(1, 8, 8))
    replace(network, populations=(pixels, *network.populations[1:])).save(tmp_path / "net.spike")
    told = ["export", str(tmp_path / "net.spike"), "--dataset", "digits", "--images", "10", "--golden", "1", "--quiet"]
    told += ["--design", "fully-parallel", "--verify", "--out", str(tmp_path / "core")]
    assert main(told) == 0
    assert "the Verilog gives the same events and answers, in cycles" in capsys.readouterr().out
    assert main([*told, "--limit", "20"]) == 2
    error = capsys.readouterr().err
    assert "FAIL no end within 20 cycles" in error and "try a --limit above 20" in error
    assert main([*told, "--loads"]) == 0
    assert "s_load_axis" in (tmp_path / "core" / "rtl" / "axis.v").read_text()
    assert main([*told, "--pixels", "255"]) == 0
    assert "pixels k = 0 .. 255" in (tmp_path / "core" / "rtl" / "axis.v").read_text()


@pytest.mark.parametrize("command", ["estimate", "explore", "export"])
def test_what_no_core_has_is_told_before_anything_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10)).eval()
    network = convert(model, torch.rand(8, 1, 8, 8), Rate(4, calibration=None)).to_fixed()
    replace(network, code=replace(network.code, window=2)).save(tmp_path / "windowed.spike")
    monkeypatch.setattr(snn, "simulate", None)
    out = ["--dataset", "digits", "--quiet", "--out", str(tmp_path / "out")]
    assert main([command, str(tmp_path / "windowed.spike"), *out]) == 2
    assert "got a window of 2 steps; try Rate with schedule='synchronous'" in capsys.readouterr().err
