"""The cells of a sweep: what they mean decides their key, and where things lie does not."""

import shutil
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.experiments.measuring.cells import chosen, measure_cell, network_cell, stage_cell
from spikewright.experiments.measuring.rate import RateMeasurement
from spikewright.experiments.stages.compression import CompressStage
from spikewright.experiments.zoo import WEIGHTS


def given(**changes: Any) -> Namespace:
    return Namespace(**{"weights": None, "data": None, "images": 30, **changes})


def test_the_same_weights_elsewhere_are_the_same_network(tmp_path: Path) -> None:
    for path in WEIGHTS.glob("small-digits.*"):
        shutil.copy(path, tmp_path)
    model = network_cell("small-digits", given())
    again = network_cell("small-digits", given(weights=tmp_path, data=tmp_path))
    assert model.key == again.key and again.place == {"zoo": str(tmp_path), "data": str(tmp_path)}
    card = tmp_path / "small-digits.json"
    card.write_text(card.read_text().replace('"weights_md5": "', '"weights_md5": "0'))
    assert network_cell("small-digits", given(weights=tmp_path)).key != model.key
    assert network_cell("small-digits", given(images=20)).key != model.key
    assert network_cell("small-digits", given(), train=20).key != model.key


def test_a_measurement_is_over_the_data_of_what_it_measures() -> None:
    model = network_cell("small-digits", given())
    cell = measure_cell(RateMeasurement("small-digits", 40, "light", 4), "Light, 4 steps", model, recipe="Rate(4)")
    assert cell.stage == "spikewright.experiments.measuring.rate:RateMeasurement" and cell.name == "light-4-steps"
    assert cell.params["settings"] == {"network": "small-digits", "samples": 40, "method": "light", "steps": 4}
    assert cell.params["dataset"] == model.params["dataset"] and cell.needs == {"subject": model}
    assert cell.key != measure_cell(RateMeasurement("small-digits", 40, "light", 4), "Light, 4 steps", model).key


def test_a_stage_of_the_table_has_its_name_and_version(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = stage_cell(CompressStage(bits=3), "a", {})
    assert (cell.stage, cell.params, cell.version) == ("compress", {"settings": {"bits": 3}}, CompressStage.version)
    monkeypatch.setattr(CompressStage, "version", CompressStage.version + 1)
    assert stage_cell(CompressStage(bits=3), "a", {}).key != cell.key


def test_names_are_chosen_in_the_order_of_the_table() -> None:
    known = {"a": 1, "b": 2, "c": 3}
    assert chosen(known, ["c", "a"], "letters") == {"a": 1, "c": 3} and chosen(known, None, "letters") == known
    with pytest.raises(InvalidInput, match="expected letters out of a, b, c, got d"):
        chosen(known, ["a", "d"], "letters")
