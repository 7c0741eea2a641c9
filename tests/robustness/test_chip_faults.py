"""Faults of the chip: each is the engine's own record, nothing at strength zero, refused where there is nothing to hit."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from spikewright import InvalidInput, InvalidNetwork
from spikewright.robustness import CORRUPTIONS, AnnPredictor, SnnPredictor, SpikeJitterFault, WeightBitFlips
from spikewright.robustness.corruptions.bitflips import flip_network
from spikewright.robustness.corruptions.networks import NetworkFault, no_spikes
from spikewright.snn import Direct, Network, simulate
from spikewright.snn.twin.surrogates import RateBased, Triangle
from tests.snn.every_record import NETWORKS

KINDS = sorted(name for name, kind in CORRUPTIONS.items() if issubclass(kind, NetworkFault) and "jitter" not in name)
STRONG = {"membrane-noise": 1.0, "threshold-variation": 0.5, "weight-variation": 0.5, "potential-bit-flips": 0.1}


@pytest.fixture(scope="module")
def fixed(rate_network: Network) -> SnnPredictor:
    return SnnPredictor(rate_network.to_fixed(weight_bits=6), "fixed", engine="reference")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_at_zero_and_the_engines_labels_above(kind: str, fixed: SnnPredictor, digits: Any) -> None:
    images, fault, strength = digits.images[:40], CORRUPTIONS.make(kind, {}), STRONG.get(kind, 0.3)
    assert torch.equal(fault(fixed, images, 0.0), fixed.predict(images))
    harmed = fault(fixed, images, strength, 5)
    record = fault.record(strength, 5)
    run = simulate(fixed.network, images.numpy(), engine="reference", noise=record)
    np.testing.assert_array_equal(harmed.numpy(), run.predictions)
    assert torch.equal(harmed, fault(fixed, images, strength, 5))
    assert not torch.equal(harmed, fixed.predict(images))


@pytest.mark.parametrize("kind", KINDS)
def test_a_chip_stays_the_same_chip(kind: str, fixed: SnnPredictor, digits: Any) -> None:
    """What the chip has for all images does not depend on how many there are; noise goes by the number of the image."""
    fault, images, strength = CORRUPTIONS.make(kind, {}), digits.images[:30], STRONG.get(kind, 0.3)
    whole = fault(fixed, images, strength, 1)
    assert torch.equal(fault(fixed, images[:17], strength, 1), whole[:17])
    if fault.of_chip:
        assert torch.equal(fault(fixed, images[9:], strength, 1), whole[9:])


@pytest.mark.parametrize("kind", KINDS)
def test_refusals(kind: str, fixed: SnnPredictor, digits: Any) -> None:
    fault = CORRUPTIONS.make(kind, {})
    assert fault.refusal(AnnPredictor(digits.model), 0.1) in ("it is no spiking network", "it sends no spikes")
    with pytest.raises(InvalidInput, match=fault.strength.meaning):
        fault(fixed, digits.images[:2], 101.0)
    integers = SnnPredictor(NETWORKS["QuantReLU"], engine="reference")
    assert (fault.refusal(integers, 0.1) is None) == (kind == "weight-variation")


def test_names_for_tables() -> None:
    assert CORRUPTIONS.make("stuck-at-1", {}).name == "StuckAt1Fault"


def test_potentials_flip_in_integers_only(rate_network: Network) -> None:
    assert "to_fixed" in str(CORRUPTIONS.make("potential-bit-flips", {}).refusal(SnnPredictor(rate_network), 0.1))


@pytest.mark.parametrize("name", ["SignedIF", "TernaryIF", "Burst", "MaxGate", "delay", "Conv1d", "ConvTranspose2d"])
def test_every_kind_of_spike_can_be_lost(name: str) -> None:
    network = NETWORKS[name]
    assert no_spikes(network) is None
    assert no_spikes(replace(network, code=Direct(4))) is None or name == "MaxGate"


def test_jitter_is_refused_where_time_has_consequences() -> None:
    reason = SpikeJitterFault().refusal(SnnPredictor(NETWORKS["delay"], engine="reference"), 1.0)
    assert reason is not None
    assert "delays" in reason


def test_weights_of_every_synapse_flip() -> None:
    for name in ("Conv1d", "ConvTranspose2d"):
        predictor = SnnPredictor(NETWORKS[name].to_fixed(weight_bits=6), engine="reference")
        images = torch.rand((4, *predictor.network.by_name["in"].shape), generator=torch.Generator().manual_seed(0))
        clean = simulate(predictor.network, images.numpy(), engine="reference").logits
        flipped = flip_network(predictor.network, 0.3, np.random.default_rng(0))
        changed = [
            not np.array_equal(one.synapse.weights.values, two.synapse.weights.values)
            for one, two in zip(predictor.network.projections, flipped.projections, strict=True)
        ]
        assert all(changed), name
        assert WeightBitFlips().refusal(predictor, 0.3) is None
        assert not np.array_equal(simulate(flipped, images.numpy(), engine="reference").logits, clean)


def test_surrogates_by_default_are_those_that_fit() -> None:
    """Counts say nothing about delays; who asks for them all the same is told."""
    recurrent = NETWORKS["delay"]
    assert SnnPredictor(recurrent).surrogates == (Triangle(),)
    assert len(SnnPredictor(NETWORKS["Burst"]).surrogates) == 2
    with pytest.raises(InvalidNetwork, match="RateBased"):
        SnnPredictor(recurrent, surrogate=RateBased())


def test_what_has_no_gradient_is_refused_when_it_is_made() -> None:
    for name, words in (("AddressEvents", "code of images"), ("TerminateMax", "early decision")):
        with pytest.raises(InvalidNetwork, match=words):
            SnnPredictor(NETWORKS[name])
