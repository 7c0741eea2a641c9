"""A report says in words and as a table what was measured."""

import torch
from torch import nn

from spikewright.compress import Adapted, AdaptReport, fresh
from spikewright.compress.adapting.report import Replacement

ROW = Replacement("silu", "relu", ("0.act", "2.act"), alone=0.5, untrained=0.4, trained=0.875, cost=0.025)
REPORT = AdaptReport("accuracy", 1000, "the test images", 0.9, 0.25, 0.875, 0.95, (ROW,))


def test_words() -> None:
    assert str(REPORT).splitlines() == [
        "accuracy over 1,000 images (the test images): original 90.00%, all replaced and not trained 25.00%, adapted 87.50%; "
        "agreement with the original 95.00%",
        "silu by relu at 0.act, 2.act: alone 50.00%, put in 40.00%, trained 87.50%, cost +2.50 points",
    ]


def test_table() -> None:
    assert list(REPORT.table) == [
        {"replaced": "silu", "by": "relu", "places": 2, "alone": 0.5, "untrained": 0.4, "trained": 0.875, "cost": 0.025}
    ]


def test_what_was_adapted_is_compressed_and_stays_what_it_is_when_trained_on() -> None:
    made = Adapted(nn.Sequential(nn.Linear(2, 2)), report=REPORT)
    assert str(made).startswith(str(REPORT))
    with torch.no_grad():
        made.model[0].weight.add_(1.0)
    assert isinstance(again := fresh(made), Adapted) and again.report is REPORT
