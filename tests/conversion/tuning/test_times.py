"""Spike times learned by training: few spikes, and zeros stay zeros."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.conversion import Ttfs, convert
from spikewright.conversion.tuning.times import TimesTuning, tune_times
from spikewright.snn import simulate
from tests.conversion.timed import images, model


def test_tuning_makes_spikes_few_and_keeps_what_was_learned() -> None:
    """Bright above or below: labels that a few neurons can tell."""
    shown = images(200)
    shown[:100, :, 4:] *= 0.2
    shown[100:, :, :4] *= 0.2
    labels = np.repeat([0, 1], 100)
    network = convert(model(), shown, Ttfs(levels=15))
    settings_ = TimesTuning(epochs=6, lr=0.02, sparsity=1.0, batch_size=20)
    tuned = tune_times(network, (shown, labels), settings_)
    before, after = (simulate(n, shown) for n in (network, tuned))
    assert after.accuracy(labels) > 0.95
    spikes = [sum(a.spikes[n].mean() for n in ("_0", "_4")) for a in (before, after)]
    assert spikes[1] < 0.6 * spikes[0]
    again = tune_times(network, (shown, labels), settings_)
    np.testing.assert_array_equal(simulate(again, shown).logits, after.logits)


def test_pruned_weights_stay_zero() -> None:
    pruned = model()
    with torch.no_grad():
        pruned[4].weight[:, ::2] = 0
        pruned[4].weight[:, 1::4] = 0
    network = convert(pruned, images(20), Ttfs())
    tuned = tune_times(network, (images(20), np.zeros(20, np.int64)), TimesTuning(lr=0.1))
    weights = [q.synapse.weights for q in tuned.projections if q.synapse.weights is not None]
    stored = [one.stored for one in weights if one.stored < one.size]
    assert len(stored) == 1 and stored[0] == np.count_nonzero(pruned[4].weight.detach().numpy())


def test_bad_tuning_is_refused() -> None:
    network, data = convert(model(), images(20), Ttfs()), (images(4), np.zeros(4, np.int64))
    with pytest.raises(InvalidInput, match="time-coded network in float32"):
        tune_times(network.to_fixed(), data)
    with pytest.raises(InvalidInput, match=r"sparsity .* of at least 0"):
        TimesTuning(sparsity=-1.0)
    with pytest.raises(InvalidInput, match=r"epochs .* of at least 1"):
        replace(TimesTuning(), epochs=0)
