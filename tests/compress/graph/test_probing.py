"""Inputs that excite every channel."""

import torch

from spikewright.compress.graph.probing import probes

X = torch.rand(16, 1, 6, 6, generator=torch.Generator().manual_seed(0))


def test_probes_are_of_both_signs_and_the_same_each_time() -> None:
    first, drawn, given = probes(X)
    assert torch.equal(first, probes(X)[0]) and first.min() < -0.9 < 0.9 < first.max()
    assert probes(X, signed=False)[0].min() == 0.0 and torch.equal(first[:4], given)
    assert set(drawn.flatten().tolist()) <= set(X.flatten().tolist())


def test_samples_of_one_value_have_a_range_all_the_same() -> None:
    first, _, given = probes(torch.zeros(1, 2, 40, 40))
    assert len(given) == 1 and 0.9 < first.max() <= 4 and first.min() < -0.9
    assert len(first) == 1 + 1 + 4  # large ones are half as many
