"""What was edited is refused by name."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.hardware import load_core
from spikewright.hardware.core.checksums import (
    NONE,
    check_files,
    check_text,
    file_checksums,
    signed_text,
    text_checksum,
)
from tests.hardware.core.edited import edit


def test_a_text_holds_its_own_checksum() -> None:
    text = signed_text(f'{{"checksum": "{NONE}", "x": 1}}')
    stated = text.split('"')[3]
    assert stated == text_checksum(text, stated) != NONE
    check_text(text, stated)
    with pytest.raises(InvalidFile, match="got an edited one; try to export the core again"):
        check_text(text.replace("1}", "2}"), stated)


def test_every_file_of_a_core_is_listed(folder: Path) -> None:
    listed = file_checksums(folder)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        *listed, "core.json", ".spikewright"
    }  # fmt: skip
    assert load_core(folder)[0].files == listed


@pytest.mark.parametrize(
    "name", ["mem/q00_w.mem", "rtl/core.v", "rtl/sw_lane_if.v", "tb/bench.v", "Makefile", "README.md"]
)
@pytest.mark.parametrize("damage", ["edited", "missing", "a link"])
def test_a_file_that_is_not_as_it_was_is_refused_by_name(folder: Path, name: str, damage: str) -> None:
    path = folder / name
    text = path.read_text()
    path.unlink()
    if damage == "edited":
        path.write_text(text.replace("0", "1", 1))
    if damage == "a link":
        path.symlink_to("/dev/null")
    with pytest.raises(InvalidFile, match=name):
        load_core(folder)


def test_an_edited_core_json_is_refused(folder: Path) -> None:
    edit(folder, lambda core: core["populations"][1]["neuron"].update(threshold=99), signed=False)
    with pytest.raises(InvalidFile, match=r"got an edited one; try to export the core again"):
        load_core(folder)


def test_nothing_listed_is_nothing_to_check(tmp_path: Path) -> None:
    check_files(tmp_path, {})
