"""A folder comes back from its bytes, and nothing is written outside."""

import io
import tarfile
from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.runs.packing import packed, unpack


def test_a_folder_comes_back(tmp_path: Path) -> None:
    place = tmp_path / "a"
    (place / "inner").mkdir(parents=True)
    (place / "x").write_bytes(b"\x00\xff")
    (place / "inner" / "y").write_text("y")
    unpack(packed(place), tmp_path / "b")
    assert (tmp_path / "b" / "x").read_bytes() == b"\x00\xff" and (tmp_path / "b" / "inner" / "y").read_text() == "y"
    assert packed(tmp_path / "b") is not None


@pytest.mark.parametrize("name", ["../outside", "/outside"])
def test_nothing_lies_outside(tmp_path: Path, name: str) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    try:
        unpack(content.getvalue(), tmp_path / "in")
    except InvalidFile as error:
        assert "expected the files of a cell" in str(error)
    assert not (tmp_path / "outside").exists() and not Path("/outside").exists()
    with pytest.raises(InvalidFile):
        unpack(b"nothing", tmp_path / "in")
