"""Backward through the rate: where counts tell the gradient, and where they do not."""

from dataclasses import replace

import pytest
import torch

from spikewright import InvalidNetwork
from spikewright.snn import IF, Direct, LatchedIF, RateCode, TernaryIF, TtfsCode
from spikewright.snn.neurons import Ramp
from spikewright.snn.twin.network import Twin
from spikewright.snn.twin.rate_gradient import check_rates, counts_suffice, spikes, times_matter
from spikewright.snn.twin.surrogates import RateBased, Triangle
from tests.snn.twin.small_twins import one_neuron


def test_rate_gradient_of_one_neuron_is_steps_over_threshold() -> None:
    """count = floor(steps x / threshold), so d count / dx = steps / threshold straight through."""
    x = torch.tensor([[0.5]], requires_grad=True)
    logits = Twin(one_neuron(IF(2.0), Direct(8)), engine_values=False)(x)
    assert logits.item() == 2.0
    assert torch.autograd.grad(logits, x)[0].item() == 8 / 2.0


def test_a_negative_count_has_the_gradient_of_its_threshold() -> None:
    x = torch.tensor([[-0.75]], requires_grad=True)
    logits = Twin(one_neuron(TernaryIF(1.0, 0.5), Direct(4)), engine_values=False)(x)
    assert logits.item() == -4.0 and torch.autograd.grad(logits, x)[0].item() == 4 / 0.5


def test_where_times_matter_counts_do_not_suffice() -> None:
    latched, plain = one_neuron(LatchedIF(1.0), RateCode(4)), one_neuron(IF(1.0), RateCode(4))
    assert times_matter(latched) and not counts_suffice(latched) and counts_suffice(plain) and spikes(plain)
    delayed = replace(plain, projections=tuple(replace(q, delay=1) for q in plain.projections))
    for network, words in ((latched, "LatchedIF"), (delayed, "the delay of projection")):
        check_rates(network, Triangle())
        with pytest.raises(InvalidNetwork, match=words):
            check_rates(network, RateBased())


def test_a_time_code_needs_no_surrogate() -> None:
    timed = one_neuron(Ramp(1.0), TtfsCode())
    assert not spikes(timed) and counts_suffice(timed)
    check_rates(timed, RateBased())
