"""Columns that a search asks for are held against those that stages say they write, and these against what they write."""

from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.experiments.exploring.columns import check_columns, stages_in
from spikewright.experiments.records.store import Store
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.studies.spec import Study, make_study
from tests.experiments.exploring.spaces import search_part, study_of


def study(objectives: dict[str, Any], **sections: Any) -> Study:
    return make_study({**study_of(objectives=objectives).model_dump(mode="json"), **sections})


def check(objectives: dict[str, Any], **sections: Any) -> None:
    made = study(objectives, **sections)
    check_columns(made, search_part(made))


def test_columns_that_there_are() -> None:
    check({"accuracy": "max", "footprint.after_bits": {"best": "min", "take": "sum"}, "spikes": {"best": "min"}})
    check({"fpga_energy_uj": "min", "lut": "min"}, hardware={"networks": ["rate"]})
    check({"own.number": "max"}, stages=[{"stage": "tests.experiments.runs.cheap:Cheap"}])


@pytest.mark.parametrize(
    "objectives, said",
    [
        ({"acuracy": "max"}, r"search\.objectives\.acuracy: .* got 'acuracy'; try accuracy"),
        ({"accuracy.stepz": "max"}, "got 'accuracy.stepz'; try accuracy.steps"),
        ({"lut": "min"}, r"expected a stage that makes lut, got a study without hardware; try hardware$"),
        ({"robustness.accuracy": "max"}, r"without noise; try robustness\.noise$"),
        ({"accuracy": {"best": "max", "of": "rat"}}, "out of ann, rate, plain, small, got 'rat'; try rate"),
    ],
)  # fmt: skip
def test_columns_that_no_stage_makes(objectives: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        check(objectives)


def test_stages_are_those_of_the_cells() -> None:
    harm = {"attacks": [{"kind": "fgsm", "epsilons": [0.1]}]}
    made = study({"accuracy": "max"}, robustness=harm, stages=[{"stage": "adapt", "subjects": ["ann"]}])
    assert list(stages_in(made)) == ["train", "compress", "convert", "simulate", "attack", "adapt"]


def test_stages_write_what_they_say(finished: Path) -> None:
    """Of the small study: columns that are told are there, and those of numbers that are there are told."""
    store = Store.open(finished)
    for name in store.names():
        record = store.read(name)
        told = STAGES[record.stage].makes
        for table, rows in record.rows.items():
            numbers = {
                n for row in rows for n, v in row.items() if isinstance(v, int | float) and not isinstance(v, bool)
            }
            columns = {each for row in rows for each in row}
            assert ("reason" in columns or set(told[table]) <= columns) and numbers <= set(told[table]), (
                record.stage,
                table,
            )
