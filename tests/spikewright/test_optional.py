"""Optional packages: every one is named, with what installs it, when it is not there; and each line has its extra."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from spikewright import MissingTool
from spikewright.optional import PACKAGES, require

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_that_is_hidden_is_named_with_what_installs_it(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingTool) as raised:
        require(package)
    purpose, install = PACKAGES[package]
    assert str(raised.value) == f"expected the package {package} to {purpose}, got none; try {install}"


def test_a_package_that_cannot_be_imported_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nir.py").write_text("import something_that_is_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "nir", raising=False)
    with pytest.raises(MissingTool, match="got one that fails: No module named 'something_that_is_not_there'"):
        require("nir")


@pytest.mark.parametrize("package", PACKAGES)
def test_what_installs_it_is_an_extra_of_the_project(package: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (extra,) = re.findall(r"spikewright\[(\w+)\]", PACKAGES[package].install)
    assert extra in extras
