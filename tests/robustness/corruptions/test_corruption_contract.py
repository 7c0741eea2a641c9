"""One contract for all corruptions of the table. A new corruption is one line here."""

from typing import Any

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.robustness import (
    CORRUPTIONS,
    AnnPredictor,
    SnnPredictor,
)
from spikewright.robustness.corruptions.networks import NetworkFault
from spikewright.snn import Network, simulate
from tests.snn.every_record import NETWORKS


@pytest.fixture(scope="module")
def fixed(rate_network: Network) -> SnnPredictor:
    return SnnPredictor(rate_network.to_fixed(weight_bits=6), "fixed")


STRENGTHS = {
    "gaussian": 0.5,
    "impulse": 0.3,
    "spike-deletion": 0.3,
    "spike-jitter": 2.0,
    "spike-insertion": 0.3,
    "stuck-at-0": 0.3,
    "stuck-at-1": 0.3,
    "membrane-noise": 1.0,
    "potential-bit-flips": 0.1,
    "threshold-variation": 0.5,
    "weight-variation": 0.5,
    "weight-bit-flips": 0.2,
}
"""Name in the table -> a strength that changes some answers of a small network."""
EACH = pytest.mark.parametrize("name", CORRUPTIONS)
INSIDE = pytest.mark.parametrize("name", [n for n in CORRUPTIONS if issubclass(CORRUPTIONS[n], NetworkFault)])


def test_every_corruption_of_the_table_is_held_to_it() -> None:
    assert set(STRENGTHS) == set(CORRUPTIONS)
    assert len({CORRUPTIONS.make(name, {}).name for name in CORRUPTIONS}) == len(CORRUPTIONS)


@EACH
def test_it_says_what_it_harms_and_what_a_strength_means(name: str) -> None:
    kind = CORRUPTIONS[name]
    assert kind.harms in ("images", "spikes", "chip") and kind.strength.meaning and CORRUPTIONS.summary(name)
    assert not kind.of_chip or kind.harms == "chip"


@EACH
def test_strength_zero_changes_nothing(name: str, fixed: SnnPredictor, digits: Any) -> None:
    corruption = CORRUPTIONS.make(name, {})
    assert torch.equal(corruption(fixed, digits.images[:60], 0.0), fixed.predict(digits.images[:60]))


@EACH
def test_the_same_seed_gives_the_same_labels_and_another_others(name: str, fixed: SnnPredictor, digits: Any) -> None:
    corruption, images = CORRUPTIONS.make(name, {}), digits.images[:100]
    first, again, other = (corruption(fixed, images, STRENGTHS[name], seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    if name != "spike-jitter":  # counts do not feel when spikes come
        assert not torch.equal(first, other) and not torch.equal(first, fixed.predict(images))


@EACH
def test_what_a_chip_has_for_all_images_stays(name: str, fixed: SnnPredictor, digits: Any) -> None:
    """It does not depend on how many images there are; noise goes by the number of the image."""
    corruption, images = CORRUPTIONS.make(name, {}), digits.images[:30]
    whole = corruption(fixed, images, STRENGTHS[name], 1)
    assert torch.equal(corruption(fixed, images[:17], STRENGTHS[name], 1), whole[:17])
    if corruption.of_chip:
        assert torch.equal(corruption(fixed, images[9:], STRENGTHS[name], 1), whole[9:])


@EACH
@pytest.mark.parametrize("strength", [-1.0, float("inf"), float("nan"), None, True])
def test_bad_strengths(name: str, fixed: SnnPredictor, digits: Any, strength: Any) -> None:
    with pytest.raises(InvalidInput, match="strength >= 0"):
        CORRUPTIONS.make(name, {})(fixed, digits.images[:2], strength)


@EACH
def test_beyond_its_range_a_strength_is_refused_with_its_meaning(name: str, fixed: SnnPredictor, digits: Any) -> None:
    corruption = CORRUPTIONS.make(name, {})
    if corruption.strength.most == float("inf"):
        return
    with pytest.raises(InvalidInput, match=f"its strength is {corruption.strength.meaning}"):
        corruption(fixed, digits.images[:2], corruption.strength.most + 1)


@INSIDE
def test_faults_are_the_engines_own_records(name: str, fixed: SnnPredictor, digits: Any) -> None:
    corruption, images = CORRUPTIONS.make(name, {}), digits.images[:40]
    run = simulate(fixed.network, images.numpy(), noise=corruption.record(STRENGTHS[name], 5))
    np.testing.assert_array_equal(corruption(fixed, images, STRENGTHS[name], 5).numpy(), run.predictions)


@INSIDE
def test_faults_of_a_network_are_refused_where_there_is_nothing_to_hit(name: str, digits: Any) -> None:
    corruption = CORRUPTIONS.make(name, {})
    told = "it sends no spikes" if corruption.harms == "spikes" else "it is no spiking network"
    assert corruption.refusal(AnnPredictor(digits.model), STRENGTHS[name]) == told
    integers = SnnPredictor(NETWORKS["QuantReLU"], engine="reference")
    assert (corruption.refusal(integers, STRENGTHS[name]) is None) == (name == "weight-variation")


@pytest.mark.parametrize("name", ["spike-deletion", "membrane-noise", "gaussian", "impulse"])
def test_later_images_of_a_seed_do_not_repeat_another_seed(name: str, snn: SnnPredictor, digits: Any) -> None:
    fault, same = CORRUPTIONS.make(name, {}), digits.images[:1].expand(500, -1, -1, -1)
    first, second = (fault(snn, same, 0.6, seed) for seed in (0, 1))
    for late in (250, 256):
        assert not torch.equal(first[late:], second[: 500 - late])
    assert torch.equal(fault(snn, same[:300], 0.6, 0), first[:300])
