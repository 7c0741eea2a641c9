"""check: what no core has, and whether it fits."""

from dataclasses import replace
from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.hardware import devices
from spikewright.snn import Burst
from tests.hardware.small_networks import perceptron


def told(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    assert main(["check", *arguments]) == code
    out, err = capsys.readouterr()
    return out + err


def test_a_network_that_a_core_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    perceptron((12, 6, 3)).save(tmp_path / "net.spike")
    said = told(capsys, 0, str(tmp_path / "net.spike"), "--target", "fpga", "--device", "xc7a35t")
    assert "a core can be built from it" in said and "of 100 memory blocks of xc7a35t" in said
    assert "of 20,800 LUT" in said


def test_every_part_that_no_core_has_is_named_with_what_to_use_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from spikewright.snn import core_parts

    monkeypatch.setattr(core_parts, "NEURONS", tuple(kind for kind in core_parts.NEURONS if kind is not Burst))
    network = perceptron((12, 6, 5, 3))
    burst = [replace(p, neuron=Burst(100, 2)) if p.name.startswith("h") else p for p in network.populations]
    replace(network, populations=tuple(burst)).save(tmp_path / "net.spike")
    said = told(capsys, 2, str(tmp_path / "net.spike"))
    assert "Burst neurons in h0, Burst neurons in h1" in said and said.count("try") >= 1 and "h1" in said


def test_real_numbers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(perceptron((12, 6, 3)), numbers="float32").save(tmp_path / "net.spike")
    assert "try spikewright convert without --float" in told(capsys, 2, str(tmp_path / "net.spike"))


def test_a_device_that_is_too_small_says_by_how_much(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    perceptron((900, 400, 10), steps=2).save(tmp_path / "net.spike")
    said = told(capsys, 2, str(tmp_path / "net.spike"), "--device", "xc7a35t")
    assert "within xc7a35t" in said and "memory blocks of 100" in said and "where it fits" in said
    known = (Path(devices.__file__).parent / "xc7a35t.yaml").read_text()
    (tmp_path / "few.yaml").write_text(known.replace("lut: 20800", "lut: 30"))
    perceptron((12, 6, 3)).save(tmp_path / "net.spike")
    assert "LUT of 30 (" in told(capsys, 2, str(tmp_path / "net.spike"), "--device", str(tmp_path / "few.yaml"))


@pytest.mark.parametrize(
    ("arguments", "wanted"), [(("--device", "xc7a35"), "xc7a35t"), (("--target", "asic"), "expected one of fpga")]
)
def test_unknown_names_are_told(
    arguments: tuple[str, ...], wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    perceptron((12, 6, 3)).save(tmp_path / "net.spike")
    try:
        code = main(["check", str(tmp_path / "net.spike"), *arguments])
    except SystemExit as error:
        code = int(str(error.code))
    assert code == 2 and wanted in capsys.readouterr().err
