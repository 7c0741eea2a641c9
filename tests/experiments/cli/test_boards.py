"""partition and stream: designs that are larger than a device."""

import re
from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.report.tables import read_table
from spikewright.hardware import devices


def test_a_design_is_cut_over_two_boards(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = (Path(devices.__file__).parent / "ecp5-25k.yaml").read_text()
    (tmp_path / "small.yaml").write_text(re.sub(r"lut: \d+", "lut: 18000", known))
    asked = ["--images", "10", "--device", str(tmp_path / "small.yaml"), "--out", str(tmp_path / "cut")]
    assert main(["partition", str(made / "net.spike"), "--lanes", "32", *asked]) == 0
    said = capsys.readouterr().out
    assert "32/10 physical neurons take 2 x " in said and "with the links" in said
    table = read_table(tmp_path / "cut.parquet")
    assert list(table["fpga"]) == [1, 2] and table["crossing_words"][0] > 0
    assert max(table["lut_share"]) <= 1


def test_a_layer_that_is_too_large_alone_is_named_and_nothing_is_written(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--images", "10", "--device", "ecp5-25k", "--out", str(tmp_path / "cut")]
    assert main(["partition", str(made / "net.spike"), *asked]) == 2
    error = capsys.readouterr().err
    assert "expected layers that fit ecp5-25k one by one, got 'conv1'" in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())
    advised = re.search(r"--lanes \d+", error)
    assert advised and main(["partition", str(made / "net.spike"), *advised[0].split(), *asked]) == 0


def test_weights_go_outside_until_the_blocks_suffice(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = (Path(devices.__file__).parent / "ice40-hx8k.yaml").read_text()
    (tmp_path / "few.yaml").write_text(re.sub(r"blocks: \d+", "blocks: 29", known))
    asked = [str(made / "net.spike"), "--images", "10", "--lanes", "2", "--out", str(tmp_path / "outside")]
    assert main(["stream", *asked, "--device", str(tmp_path / "few.yaml"), "--gbit", "0.1"]) == 0
    said = capsys.readouterr().out
    assert "weights outside free" in said and "no such circuit yet" in said
    assert read_table(tmp_path / "outside.parquet")["blocks_saved"][0] > 0


def test_where_blocks_suffice_nothing_is_written(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stream", str(made / "net.spike"), "--images", "10", "--out", str(tmp_path / "outside")]) == 0
    assert "no weights have to lie outside; wrote nothing" in capsys.readouterr().out
    known = (Path(devices.__file__).parent / "xc7a100t.yaml").read_text()
    (tmp_path / "tight.yaml").write_text(re.sub(r"lut: \d+", "lut: 90", known))
    asked = ["--images", "10", "--device", str(tmp_path / "tight.yaml"), "--out", str(tmp_path / "outside")]
    assert main(["stream", str(made / "net.spike"), *asked]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "wrote nothing" in said and "LUT of 90 (" in said and "too many); try fewer --lanes" in said
    assert [path.name for path in tmp_path.iterdir()] == ["tight.yaml"]


@pytest.mark.parametrize("wrong", (["--gbit", "0"], ["--lanes", "0"], ["--device", "ice41"]))
def test_what_cannot_be_is_one_sentence(wrong: list[str], made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        assert main(["stream", str(made / "net.spike"), *wrong]) == 2
    except SystemExit as ended:
        assert ended.code == 2
    error = capsys.readouterr().err
    assert error.startswith("spikewright stream: ") and "expected" in error and error.count("\n") == 1
