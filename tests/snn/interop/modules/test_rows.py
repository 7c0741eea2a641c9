"""The report says what became of each layer."""

from torch import nn

from spikewright.snn import IF, Population
from spikewright.snn.interop.laws import ForeignLaw, placed
from spikewright.snn.interop.modules.chain import Op
from spikewright.snn.interop.modules.rows import law_row, layer_row, maximum_row, sums_row


def test_layers_are_kept_or_folded() -> None:
    kept, folded = layer_row(Op("fc", nn.Linear(3, 2))), layer_row(Op("bn", nn.BatchNorm1d(2)))
    assert (kept.action, kept.parameters, folded.action, folded.parameters) == ("kept", 8, "folded", 4)
    assert layer_row(Op("drop", nn.Dropout())).action == "folded"


def test_neurons_are_the_same_or_rewritten() -> None:
    law = ForeignLaw(gain=2.0, limit=3)
    own = placed(law, "a", (4,))
    row = law_row(Population("a", (4,), own.neuron, own.bias, own.initial), "MaxSpike", law, own)
    assert row.action == "rewritten" and "units of 2" in row.detail and "at most 3 spikes" in row.detail
    plain = placed(ForeignLaw(), "a", (4,))
    same = law_row(Population("a", (4,), plain.neuron, plain.bias, plain.initial), "IF", ForeignLaw(), plain)
    assert (same.action, same.detail, same.neurons) == ("kept", "the same law", 4)


def test_pools_and_sums() -> None:
    assert maximum_row(Population("m", (2, 3, 3), IF(1.0, "zero"))).kind == "MaxPool2d"
    assert "not the means" in sums_row("output").detail
