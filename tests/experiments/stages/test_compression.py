"""The stage that compresses: two methods by their settings, or a chain of any, seeded by the study."""

from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.compress import Compressed
from spikewright.compress.pruners.magnitude import Prune
from spikewright.compress.quantisers.uniform import Quantize
from spikewright.experiments.data import load_dataset
from spikewright.experiments.models.table import build
from spikewright.experiments.stages.compression import CompressStage, footprint_rows


def test_settings_are_a_chain_of_two() -> None:
    prune, quantize = CompressStage(sparsity=0.5, rounds=2, round_epochs=1, quantize_epochs=0)._chain(seed=3)
    assert isinstance(prune, Prune) and (prune.sparsity, prune.rounds, prune.training.epochs) == (0.5, 2, 1)
    assert isinstance(quantize, Quantize) and (quantize.bits, quantize.training.epochs) == (4, 0)
    assert prune.training.seed == quantize.training.seed == 3
    assert len(CompressStage(bits=None)._chain(0)) == 1


def test_a_chain_keeps_seeds_of_its_own() -> None:
    told = ({"method": "prune", "training": {"seed": 7}}, {"method": "quantize", "bits": 3, "training": {"epochs": 1}})
    prune, quantize = CompressStage(methods=told)._chain(seed=5)
    assert prune.training.seed == 7 and quantize.training.seed == 5  # type: ignore[attr-defined]
    assert prune.training.lr == Prune().training.lr  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"sparsity": 1.0}, "sparsity to be a number of at least 0 and below 1"),
        ({"bits": 1}, "bits to be a whole number from 2 to 8 or none"),
        ({"methods": ({"method": "prune"},), "bits": 3}, "got methods and bits"),
        ({"methods": ({"sparsity": 0.5},)}, "expected the name of a method"),
        ({"methods": ({"method": "prine"},)}, "try prune"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        CompressStage(**settings).check()
    assert told in str(error.value)


def test_rows_of_the_footprint_add_up() -> None:
    model = build("small_cnn")
    small = CompressStage(sparsity=0.5, rounds=1, round_epochs=0, final_epochs=0, quantize_epochs=0, images=16).applied(
        model, load_dataset("digits")
    )
    assert isinstance(small, Compressed)
    rows = footprint_rows(model, small)
    for row in rows:
        assert row["after_bits"] == row["weight_bits"] + row["index_bits"] + row["other_bits"] < row["before_bits"]
    assert sum(row["kept"] for row in rows) == pytest.approx(0.5 * sum(row["weights"] for row in rows), rel=0.01)
