"""Errors of conversion: a refusal says why and what instead, and the report comes along."""

import pickle

from spikewright.conversion import Unconvertible
from spikewright.conversion.errors import Refusal
from spikewright.snn import ReportRow


def test_a_refusal_is_a_reason_and_a_substitute() -> None:
    refusal = Refusal("a gate", "a ReLU")
    assert str(refusal) == "a gate; try a ReLU" and (refusal.reason, refusal.substitute) == ("a gate", "a ReLU")


def test_every_refused_row_is_named_once_and_the_report_survives_pickling() -> None:
    rows = (
        ReportRow("a", "gelu", "refused", "GELU; try ReLU"),
        ReportRow("b", "relu", "rewritten", ""),
        ReportRow("c", "silu", "refused", "SiLU; try ReLU"),
        ReportRow("a", "gelu", "refused", "GELU; try ReLU"),
    )
    error = pickle.loads(pickle.dumps(Unconvertible.of(rows)))
    wanted = "expected layers with a spiking form, got 2 without: a (gelu): GELU; try ReLU | c (silu): SiLU; try ReLU"
    assert str(error) == wanted and len(error.report) == 4
