"""A study as cells, named by what they mean."""

from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.spec import Study
from tests.experiments.studies.small_study import small

RATE = {"name": "rate", "recipe": "rate", "steps": 3, "fixed": {}}


NO_CORE = {
    "spike times": {"name": "times", "recipe": "ttfs"},
    "signed": {**RATE, "name": "times", "neuron": "signed"},
    "bursts": {**RATE, "name": "times", "neuron": "burst"},
    "weighted": {"name": "times", "recipe": "phase"},
    "exact": {"name": "times", "recipe": "exact"},
}


@pytest.mark.parametrize("name", NO_CORE)
def test_spikes_that_no_core_has_are_refused_before_the_first_task(name: str) -> None:
    study = small(conversions=[RATE, NO_CORE[name]], hardware={"networks": ["rate", "times"]})
    with pytest.raises(InvalidInput, match=r"in 'times'; try hardware\.networks without it"):
        expand(study)
    small(conversions=[RATE, NO_CORE[name]], hardware={"networks": ["rate"]})


def test_only_conversions_that_hardware_is_built_from_are_checked_for_it() -> None:
    other = {**RATE, "name": "other"}
    cells = expand(small(conversions=[RATE, other], hardware={"networks": ["rate"]}))
    assert {cell.name: cell.params["settings"]["core"] for cell in cells if cell.stage == "convert"} == {
        "rate": True,
        "other": False,
    }


def keys(study: Study) -> dict[tuple[str, str, int], str]:
    return {(cell.stage, cell.name, cell.seed): cell.key for cell in expand(study)}


def test_keys_follow_the_meaning(tmp_path: Path) -> None:
    base = keys(small())
    assert keys(small(name="other")) == base
    assert keys(small(dataset={"train": 120, "test": 30, "folder": str(tmp_path)})) == base
    longer = keys(small(conversions=[{"name": "rate", "recipe": "rate", "steps": 4, "samples": 40}]))
    assert longer[("train", "ann", 0)] == base[("train", "ann", 0)]
    assert longer[("convert", "rate", 0)] != base[("convert", "rate", 0)]
    assert longer[("simulate", "rate", 0)] != base[("simulate", "rate", 0)]
    assert keys(small(dataset={"train": 121, "test": 30}))[("train", "ann", 0)] != base[("train", "ann", 0)]


def test_a_range_of_the_inputs_is_part_of_the_meaning_only_where_it_is_said() -> None:
    """Studies of before keep the names of their results."""
    plain = {"name": "rate", "recipe": "rate", "steps": 3, "samples": 40}
    without, ranged = (small(conversions=[one]) for one in (plain, plain | {"input_range": [-1.0, 2.0]}))
    settings = [
        cell.params["settings"] for study in (without, ranged) for cell in expand(study) if cell.stage == "convert"
    ]
    assert "input_range" not in settings[0] and tuple(settings[1]["input_range"]) == (-1.0, 2.0)
    assert keys(without)[("convert", "rate", 0)] != keys(ranged)[("convert", "rate", 0)]
    assert keys(without)[("train", "ann", 0)] == keys(ranged)[("train", "ann", 0)]


def test_the_module_of_a_stage_of_ones_own_is_read_once_for_all_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    from spikewright.experiments.studies import expansion

    read: list[str] = []
    monkeypatch.setattr(expansion, "file_hash", lambda path: (read.append(path), "0" * 64)[1])
    parts = [{"stage": "tests.experiments.runs.cheap:Cheap", "name": f"c{n}", "value": n} for n in range(5)]
    cells = expand(small(stages=parts, seeds=[0, 1]))
    own = [cell for cell in cells if ":" in cell.stage]
    assert len(own) == 20 and len(read) == 1
    assert all(cell.params["code"] == {cell.stage: "0" * 16} for cell in own)
