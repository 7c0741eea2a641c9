"""Markers: whose a folder is, by what was written there and its digest."""

import json
from pathlib import Path

import pytest

from spikewright import InvalidFile, Kind, atomic_path, claim_folder
from spikewright.marker import MARKER
from tests.spikewright.boxes import SHED, fill, names


def test_a_marker_of_another_kind_version_or_shape_protects(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a")
    text = (tmp_path / "box" / MARKER).read_text()
    for other in (text.replace("box", "shed"), text.replace('"version": 1', '"version": 2'), "{", "[]", '{"kind": 1}'):
        (tmp_path / "box" / MARKER).write_text(other)
        with pytest.raises(InvalidFile, match="another folder"):
            fill(tmp_path / "box", "b")
    assert names(tmp_path / "box") == {"a"}


def test_a_marker_that_points_elsewhere_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("theirs")
    fill(tmp_path / "box", "a")
    marker = tmp_path / "box" / MARKER
    elsewhere = f'"../precious": null, "{tmp_path / "precious"}": null, "a"'
    marker.write_text(marker.read_text().replace('"a"', elsewhere))
    fill(tmp_path / "box", "b")
    assert names(tmp_path) == {"precious", "box", "box/b"}


def test_a_file_of_ours_that_somebody_changed_is_theirs(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a", "b/c")
    (tmp_path / "box" / "b" / "c").write_text("theirs now")
    with pytest.raises(InvalidFile, match="b/c in it, which is not as it was written"):
        fill(tmp_path / "box", "a")
    assert (tmp_path / "box" / "b" / "c").read_text() == "theirs now"

    shed, plain = claim_folder(tmp_path / "shed", SHED), Kind("a plain text", lambda path: False)
    with atomic_path(shed / "plain", plain) as temporary:
        temporary.write_text("ours")
    (shed / "plain").write_text("theirs now")
    with pytest.raises(InvalidFile, match="another file"), atomic_path(shed / "plain", plain):
        pass
    assert (shed / "plain").read_text() == "theirs now"


def test_markers_without_digests_go_by_name(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a")
    marker = tmp_path / "box" / MARKER
    values = json.loads(marker.read_text())
    marker.write_text(json.dumps({**values, "files": sorted(values["files"])}))
    fill(tmp_path / "box", "b")
    assert names(tmp_path) == {"box", "box/b"}
