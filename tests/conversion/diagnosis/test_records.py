"""A diagnosis as numbers, tables and text."""

import pytest

from spikewright import Table
from spikewright.conversion.diagnosis import PARTS, Diagnosis, ErrorPart, LayerDiagnosis


def layer(name: str, clipping: float) -> LayerDiagnosis:
    parts = {part: ErrorPart(0.1, 0.1, 0.0) for part in PARTS} | {"clipping": ErrorPart(clipping, clipping, -clipping)}
    error = sum(part.contribution for part in parts.values())
    return LayerDiagnosis(name, "node", "IF", 10, 2.0, 0.5, error, -clipping, 0.4, parts, 0.1, 0.0, 0.0, 0.0)


LAYER = layer("conv", 0.5)
WHOLE = Diagnosis(
    Table.of([{"network": "model", "accuracy": 0.9}]), (LAYER,), "code Direct", 100, "conv", ("more steps",)
)


def test_the_culprit_is_the_largest_part_of_its_own() -> None:
    assert LAYER.culprit == "clipping" and LAYER.share("clipping") == pytest.approx(0.5 / 0.8)
    assert LAYER.relative_error == pytest.approx(0.4) and LAYER.relative_own_error == pytest.approx(0.2)
    assert sum(LAYER.share(part) for part in PARTS) == pytest.approx(1.0)


def test_rows_are_plain_and_short_ones_are_percent() -> None:
    assert LAYER.row()["clipping_share"] == LAYER.share("clipping") and LAYER.row()["neuron"] == "IF"
    assert LAYER.short_row()["error"] == "40.00" and LAYER.short_row()["correlation"] == "0.5000"


def test_the_text_says_who_loses_most_and_what_to_try() -> None:
    text = str(WHOLE)
    assert "conv loses most: it adds 20.0% of its mean activation, mostly clipping" in text
    assert text.endswith("  try more steps") and WHOLE.layer("conv") is LAYER
    assert len(WHOLE.to_table()) == 2
    with pytest.raises(KeyError):
        WHOLE.layer("other")
