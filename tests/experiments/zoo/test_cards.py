"""Cards: damage is told."""

import json
import shutil
from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.zoo import WEIGHTS, card


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the smallest network of the zoo."""
    for path in WEIGHTS.glob("small-digits.*"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "change", [None, "", "[]", "{}", {"version": 2}, {"accuracy_of": 1}, {"recipe": {"epochs": 0}}, {"log": [1]}]
)
def test_damaged_card(copy: Path, change: object) -> None:
    path = copy / "small-digits.json"
    if isinstance(change, dict):
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    elif isinstance(change, str):
        path.write_text(change)
    else:
        path.unlink()
    with pytest.raises(InvalidFile, match="model card"):
        card("small-digits", copy)
