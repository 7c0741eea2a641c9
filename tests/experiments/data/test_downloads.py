"""Downloads: where they are kept; what is fetched is tested with the data sets that need it."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.data.downloads import cache_folder, check_md5, download_once

MD5 = "900150983cd24fb0d6963f7d28e17f72"
"""Of "abc" (RFC 1321)."""


@pytest.mark.parametrize(
    ("system", "variable", "inside"),
    [
        ("linux", "XDG_CACHE_HOME", "spikewright"),
        ("win32", "LOCALAPPDATA", "spikewright/spikewright/Cache"),
    ],
)
def test_the_cache_is_where_the_system_keeps_caches(
    system: str, variable: str, inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path / inside
    monkeypatch.delenv(variable)
    assert cache_folder().is_relative_to(Path.home())


def test_a_file_that_is_there_is_checked_and_not_fetched(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("abc")
    download_once("http://127.0.0.1:1/f", MD5, path)
    path.write_text("abd")
    with pytest.raises(InvalidFile, match="expected md5"):
        download_once("http://127.0.0.1:1/f", MD5, path)
    assert path.read_text() == "abd"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/f", "nothing", "http://[", "file:///nowhere/f"])
def test_a_download_that_fails_leaves_nothing(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="expected to download"):
        download_once(url, MD5, tmp_path / "inner" / "f")
    assert not list((tmp_path / "inner").iterdir())


def test_a_sum_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("abc")
    check_md5(tmp_path / "f", MD5)
    with pytest.raises(InvalidFile, match="readable"):
        check_md5(tmp_path / "g", MD5)
