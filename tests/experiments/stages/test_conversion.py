"""The stage of conversion."""

from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.experiments.stages.conversion import check_core
from spikewright.experiments.studies.study import run_study
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    Network,
    Population,
    Projection,
    Source,
    SpikeSelectCode,
)
from tests.experiments.cli.test_convert import standardised
from tests.experiments.studies.small_study import small


def test_what_no_core_is_built_from_is_refused_where_it_is_converted() -> None:
    parts = (Population("in", (1, 2, 2), Source()), Population("out", (1, 2, 2), IF(1), potential_bits=9))
    one = (Projection("in", "out", Identity(1)),)
    network = Network(parts, one, "in", "out", SpikeSelectCode(2), readout="count", numbers="fixed")
    with pytest.raises(InvalidInput, match=r"got SpikeSelectCode; .*the study builds hardware from it"):
        check_core(network)
    with pytest.raises(InvalidInput, match="fixed-point"):
        check_core(
            Network(
                (parts[0], Population("out", (1, 2, 2), Integrator())),
                (Projection("in", "out", Identity(1)),),
                "in",
                "out",
                Direct(2),
            )
        )


def test_a_study_of_standardised_images_runs_whole(tmp_path: Path) -> None:
    """Trained, converted in their range or a wider one, simulated and attacked inside of it."""
    conversions = [
        {"name": "own", "recipe": "ttfs", "samples": 40},
        {"name": "wide", "recipe": "rate", "steps": 3, "samples": 40, "fixed": {}, "input_range": [-1.0, 2.0]},
    ]
    attacks = {"attacks": [{"kind": "fgsm", "epsilons": [0.1]}], "images": 10}
    data = {"name": str(standardised(tmp_path)), "train": 120, "test": 20}
    study = small(dataset=data, conversions=conversions, robustness=attacks)
    result = run_study(study, tmp_path / "study")
    ranges = {Network.load(path).run.input_range.high for path in (tmp_path / "study").rglob("*.spike")}  # type: ignore[union-attr]
    assert sorted(ranges) == pytest.approx([1.75, 2.0])
    assert {row["network"] for row in result.tables["accuracy"]} >= {"ann", "own", "wide"}
    assert all(row["accuracy"] is not None for row in result.tables["robustness"])
