"""The stage that adapts: a row for each replacement, a model that loads, and names of substitutes that are checked first."""

from pathlib import Path
from typing import Any

import pytest
import torch

from spikewright import InvalidInput
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.study import run_study
from tests.experiments.studies.small_study import SMALL, small

OWN = "tests.experiments.cli.test_adapting:smooth"


def study(folder: Path, **stage: Any) -> Any:
    from tests.experiments.cli.test_adapting import smooth

    path = folder / "smooth.pt"
    torch.save(smooth().state_dict(), path)
    parts = [{"stage": "adapt", "subjects": ["ann"], "epochs": 1, "step_epochs": 0, "images": 40, **stage}]
    chain = [{"method": "adapt", "step_epochs": 0, "training": {"epochs": 1}, "replace": {"SiLU": "relu6"}}]
    return small(
        model={"factory": OWN, "weights": str(path)},
        compressions=[{"name": "adapted", "methods": chain, "images": 40}],
        stages=parts,
    )


@pytest.mark.parametrize("labelled", [True, False])
def test_each_replacement_has_a_row_and_conversion_goes_on_from_the_method(tmp_path: Path, labelled: bool) -> None:
    made = run_study(study(tmp_path, for_hardware=True, labelled=labelled), tmp_path / "out")
    rows = list(made.tables["adaptation"])
    assert {(row["replaced"], row["by"]) for row in rows} == {("silu", "relu"), ("maxpool2d", "average_pool")}
    (whole,) = made.tables["adapted"]
    assert whole["measured"] == ("accuracy" if labelled else "agreement") and 0 <= whole["adapted"] <= 1
    names = [row["network"] for row in made.tables["accuracy"]]
    assert "rate" in names and "adapted" in names


def test_an_unknown_substitute_is_told_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="expected a substitute out of relu"):
        study(tmp_path, replace={"SiLU": "rellu"})


def test_other_settings_are_other_tasks(tmp_path: Path) -> None:
    keys = set()
    for more in ({}, {"for_hardware": True}, {"replace": {"SiLU": "relu6"}}):
        keys |= {cell.key for cell in expand(study(tmp_path, **more)) if cell.stage == "adapt"}
    assert len(keys) == 3


def test_a_spiking_network_is_not_adapted(tmp_path: Path) -> None:
    assert SMALL["conversions"][0]["name"] == "rate"
    made = study(tmp_path, subjects=["rate"])
    (fault,) = run_study(made, tmp_path / "out").state.faults
    assert fault["said"].startswith("expected a model to adapt")
