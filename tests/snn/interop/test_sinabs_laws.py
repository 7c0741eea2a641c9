"""Modules of sinabs become networks that spike alike, and what has no counterpart is refused by name."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn import Burst
from spikewright.snn.interop.sinabs import from_sinabs
from tests.snn.interop.imported import compare, dyadic, images, spikes_of

sl = pytest.importorskip("sinabs.layers")
from sinabs.activation import MaxSpike, MembraneReset, MembraneSubtract, SingleSpike  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
STEPS = 8


def t(value: float) -> torch.Tensor:
    return torch.as_tensor(value)


LAYERS = {
    "IAF": lambda: sl.IAF(spike_threshold=t(0.75), spike_fn=SingleSpike),
    "IAF, reset": lambda: sl.IAF(spike_threshold=t(0.75), spike_fn=SingleSpike, reset_fn=MembraneReset()),
    "IAF, other amount": lambda: sl.IAF(spike_fn=SingleSpike, reset_fn=MembraneSubtract(0.5)),
    "IAF, many spikes": lambda: sl.IAF(spike_threshold=t(0.5)),
    "IAF, three spikes": lambda: sl.IAF(spike_threshold=t(0.5), spike_fn=MaxSpike(3)),
    "LIF": lambda: halved(sl.LIF(tau_mem=2.0, train_alphas=True, spike_threshold=t(0.25), spike_fn=SingleSpike)),
    "LIF, input not decayed": lambda: halved(
        sl.LIF(tau_mem=2.0, train_alphas=True, spike_fn=SingleSpike, norm_input=False)
    ),
    "recurrent": lambda: sl.IAFRecurrent(rec_connect=nn.Linear(16, 16, bias=False), spike_fn=SingleSpike),
}


def halved(layer: Any) -> Any:
    layer.alpha_mem.data = torch.tensor(0.5)
    return layer


@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer_of_sinabs_spike_for_spike(kind: str) -> None:
    layer = LAYERS[kind]()
    module = nn.Sequential(nn.Linear(9, 16), layer, nn.Linear(16, 6), sl.IAF(spike_fn=SingleSpike))
    network, x = from_sinabs(dyadic(module), (9,), STEPS), images(20, 9)
    theirs, answers = spikes_of(module, lambda: module(x.unsqueeze(1).repeat(1, STEPS, 1)))
    activity = compare(network, x.numpy(), {name: theirs[name].swapaxes(0, 1) for name in ("1", "3")}, exact=True)
    np.testing.assert_array_equal(activity.logits, answers.sum(1).numpy())
    assert isinstance(network.by_name["1"].neuron, Burst) == ("many" in kind or "three" in kind)


def test_sinabs_squeezed_with_pools_and_time_constants() -> None:
    """(batch time) in front, as convolutions want it; a network of sinabs that from_model made."""
    from sinabs.from_torch import from_model

    plain = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), sl.SumPool2d(2), nn.Conv2d(4, 4, 3, bias=False), nn.ReLU()
    )
    settings: dict[str, Any] = {"spike_fn": SingleSpike, "min_v_mem": None, "batch_size": 10, "spike_threshold": t(0.5)}
    whole = from_model(nn.Sequential(*plain, nn.Flatten(), nn.Linear(16, 5)).eval(), **settings)
    x = torch.rand(10, 1, 8, 8)
    network = from_sinabs(whole.eval(), (1, 8, 8), STEPS)
    theirs, answers = spikes_of(whole.spiking_model, lambda: whole.spiking_model(x.repeat_interleave(STEPS, 0)))
    per_step = {
        name: value.reshape(10, STEPS, *value.shape[1:]).swapaxes(0, 1)
        for name, value in theirs.items()
        if name in ("1", "4")
    }
    activity = compare(network, x.numpy(), per_step)
    np.testing.assert_allclose(activity.logits, answers.reshape(10, STEPS, -1).sum(1).numpy(), rtol=1e-4, atol=1e-4)


def test_sinabs_time_constants_and_leaky_answers() -> None:
    module = nn.Sequential(
        nn.Linear(9, 32),
        sl.LIF(tau_mem=7.0, spike_threshold=t(0.05), spike_fn=SingleSpike),
        nn.Linear(32, 6),
        sl.ExpLeak(tau_mem=5.0),
    )
    network, x = from_sinabs(module.eval(), (9,), STEPS), torch.rand(40, 9)
    theirs, answers = spikes_of(module, lambda: module(x.unsqueeze(1).repeat(1, STEPS, 1)))
    activity = compare(network, x.numpy(), {"1": theirs["1"].swapaxes(0, 1)})
    np.testing.assert_allclose(activity.logits, answers[:, -1].numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: sl.IAF(spike_fn=SingleSpike, reset_fn=MembraneReset(-0.5)), "'1'.*adds it in silent steps"),
        (lambda: sl.IAFRecurrent(rec_connect=nn.Linear(4, 4), spike_fn=SingleSpike), "rec_connect without bias"),
        (lambda: sl.IAF(min_v_mem=-1.0), "'1'.*min_v_mem=None"),
        (lambda: sl.LIF(tau_mem=5.0), "'1'.*several spikes a step are known only without leak"),
        (lambda: sl.LIF(tau_mem=5.0, tau_syn=3.0, spike_fn=SingleSpike), "'1'.*tau_syn"),
        (lambda: sl.ALIF(tau_mem=5.0, tau_adapt=5.0), "'1'.*ALIF.*known are LIF"),
    ],
    ids=["reset", "bias", "lower bound", "many spikes with a leak", "second state", "ALIF"],
)
def test_what_sinabs_has_and_we_have_not_is_refused(make: Any, words: str) -> None:
    with pytest.raises(InvalidNetwork, match=words):
        from_sinabs(nn.Sequential(nn.Linear(9, 4), make()).eval(), (9,), STEPS)
