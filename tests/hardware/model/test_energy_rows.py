"""Tables of energies are read in full, or refused with the line that is wrong."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.hardware import Interval
from spikewright.hardware.model.energy_rows import EnergyRow, read_rows

HEAD = "component,width,low_pj,pj,high_pj,source\n"


def read(text: str, tmp_path: Path) -> list[EnergyRow]:
    (tmp_path / "own.csv").write_text(text)
    return list(read_rows(tmp_path / "own.csv", ["component"], ["width"]))


def test_rows_in_any_order_of_columns(tmp_path: Path) -> None:
    text = 'source,pj,width,component,high_pj,low_pj\n"mine, of 2026",2,8,dsp,3,1.5\n'
    assert read(text, tmp_path) == [EnergyRow(("dsp", 8), Interval(1.5, 2, 3), "mine, of 2026")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("component,pj\nlut,1\n", "expected the columns component, width, low_pj, pj, high_pj, source"),
        ("", "got none; try to name them in its first line"),
        (HEAD + "lut,8,1,2,3,a\nlut,8,1,x,3,a\n", "expected a number as pj in line 3 of .*, got 'x'; try 1.5"),
        (HEAD + "lut,8,1,nan,3,a\n", "expected a number as pj in line 2"),
        (HEAD + "lut,8,3,2,1,a\n", "expected 0 <= low_pj <= pj <= high_pj in line 2 of .*, got 3, 2, 1"),
        (HEAD + "lut,8,-1,2,3,a\n", "got -1, 2, 3"),
        (HEAD + "lut,0,1,2,3,a\n", "expected a whole number above 0 as width in line 2 of .*, got '0'; try 64"),
        (HEAD + "lut,8,1,2,3,a,b\n", "got another number; try to quote a source with commas"),
        (HEAD + "lut,8,1,2\n", "got another number"),
    ],
)
def test_what_is_no_table_is_refused(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=told):
        read(text, tmp_path)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"expected a table of energies as CSV in .*none.csv"):
        list(read_rows(tmp_path / "none.csv", ["component"]))
    (tmp_path / "own.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidFile, match="expected a table of energies as CSV"):
        list(read_rows(tmp_path / "own.csv", ["component"]))
    (tmp_path / "own.csv").write_bytes(b" " * (2**20 + 1))
    with pytest.raises(InvalidFile, match="at most 1048576 bytes"):
        list(read_rows(tmp_path / "own.csv", ["component"]))
