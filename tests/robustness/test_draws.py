"""What is random depends on seed, chip and image, never on batch or neighbours; intervals say over what they are."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.robustness import (
    FGSM,
    PGD,
    AnnPredictor,
    GaussianNoise,
    ImpulseNoise,
    MembraneNoiseFault,
    SnnPredictor,
    SpikeDeletionFault,
    Square,
    Transfer,
    WeightBitFlips,
    WeightVariationFault,
    evaluate,
    over_images_and_chips,
    wilson,
)
from spikewright.robustness.draws import ImageDraws, chip_seed, normal, uniform
from spikewright.snn import Network

BOTH = pytest.mark.parametrize("attack", [PGD(3), PGD(3, norm="l2"), PGD(2, 2, loss="ce"), Square(20)], ids=str)


@BOTH
@pytest.mark.parametrize("name", ["ann", "snn"])
def test_an_image_meets_the_same_attack_whatever_lies_beside_it(
    request: Any, digits: Any, attack: Any, name: str
) -> None:
    predictor, count = request.getfixturevalue(name), 40 if name == "ann" else 14
    x, y = digits.images[:count], digits.labels[:count]
    whole = attack(predictor, x, y, 0.1, 5)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(1))
    for rows in (torch.arange(count)[: count // 2], torch.arange(count)[count // 2 :], order, order[:1]):
        part = attack(predictor, x[rows], y[rows], 0.1, 5)
        assert torch.equal(part.adversarials, whole.adversarials[rows])
        assert torch.equal(part.success, whole.success[rows])


@given(st.integers(0, 2**62), st.integers(1, 6), st.integers(1, 400), st.integers(1, 40))
def test_draws_of_noise_do_not_depend_on_how_many_images_there_are(seed: int, kind: int, few: int, size: int) -> None:
    for draw in (normal, uniform):
        whole = draw(seed, kind, (600, size))
        assert torch.equal(draw(seed, kind, (few, size)), whole[:few])
        assert not torch.equal(draw(seed + 1, kind, (400, size)), whole[200:])


def test_shares_and_normal_draws_of_an_attack_are_what_they_say() -> None:
    """64,000 draws: means within five standard errors."""
    draws = ImageDraws.of(torch.rand(64, 4, generator=torch.Generator().manual_seed(0)), 9)
    for values, mean, deviation in (
        (draws.uniform(3, (1000,)), 0.5, 12**-0.5),
        (draws.normal(3, (10, 100)), 0.0, 1.0),
        (normal(9, 0, (64, 1000)), 0.0, 1.0),
        (uniform(9, 3, (64, 1000)), 0.5, 12**-0.5),
    ):
        assert abs(float(values.mean()) - mean) < 5 * deviation / 64000**0.5
        assert float(values.std()) == pytest.approx(deviation, rel=0.02)


def test_chips_of_neighbouring_seeds_are_different_chips() -> None:
    seeds = [chip_seed(seed, chip) for seed in range(50) for chip in range(50)]
    assert len(set(seeds)) == 2500 and [chip_seed(7, 0), min(seeds) >= 0, max(seeds) < 2**63] == [7, True, True]


@pytest.mark.parametrize(
    "fault", [SpikeDeletionFault(), MembraneNoiseFault(), GaussianNoise(), ImpulseNoise()], ids=str
)
def test_later_images_of_a_seed_do_not_repeat_another_seed(fault: Any, snn: SnnPredictor, digits: Any) -> None:
    same = digits.images[:1].expand(500, -1, -1, -1)
    first, second = (fault(snn, same, 0.6, seed) for seed in (0, 1))
    for late in (250, 256):
        assert not torch.equal(first[late:], second[: 500 - late])
    assert torch.equal(fault(snn, same[:300], 0.6, 0), first[:300])


def test_an_interval_over_chips_holds_the_mean_over_chips(rate_network: Network, digits: Any) -> None:
    """Eight seeds with five chips each: the interval of each holds the mean of all forty, but for one."""
    predictor = SnnPredictor(rate_network.to_fixed(weight_bits=6))
    data = (digits.images[:100], digits.labels[:100])
    tables = [evaluate([predictor], data, [(WeightBitFlips(), [0.01])], seed=seed) for seed in range(8)]
    rows = [table.where(perturbation="WeightBitFlips") for table in tables]
    mean = float(np.mean([row["accuracy"][0] for row in rows]))
    assert sum(row["low"][0] <= mean <= row["high"][0] for row in rows) >= 7
    assert {row["over"][0] for row in rows} == {"images and chips"}
    assert {row["chips"][0] for row in rows} == {5}


def test_what_is_drawn_for_each_image_needs_no_chips(snn: SnnPredictor, digits: Any) -> None:
    plan = [(SpikeDeletionFault(), [0.2]), (WeightVariationFault(), [0.0, 0.3])]
    table = evaluate([snn], (digits.images[:20], digits.labels[:20]), [*plan, FGSM()], [0.1], chips=2)
    assert table["over"] == ["images", "images", "images", "images and chips", "images"]
    assert table["chips"] == [None, None, 1, 2, None]


@given(st.integers(1, 12), st.integers(1, 60), st.integers(0, 2**32))
def test_intervals_contain_the_share_and_widen_with_chips(chips: int, images: int, seed: int) -> None:
    right = np.random.default_rng(seed).random((chips, images)) < 0.7
    low, high = over_images_and_chips(right)
    inner = wilson(int(right[0].sum()), images)
    assert 0 <= low <= right.mean() <= high <= 1
    if chips == 1:
        assert (low, high) == inner
    if (right == right[0]).all():
        assert (low, high) == pytest.approx(inner)


def test_intervals_by_hand() -> None:
    """Two chips, 0 and 1 right of one image each: p = 1/2, s = 0.7071, t(1) = 12.706: all of 0 to 1."""
    assert over_images_and_chips(np.array([[True], [False]])) == (0.0, 1.0)
    for wrong in (np.zeros((2, 2)), np.zeros(3, bool), np.zeros((0, 3), bool)):
        with pytest.raises(InvalidInput, match="bool"):
            over_images_and_chips(wrong)


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (PGD(), "PGD"),
        (PGD(1), "PGD(steps=1)"),
        (PGD(20, loss="ce"), "PGD(steps=20, loss=ce)"),
        (PGD(step_size=1 / 30, norm="l2"), "PGD(L2, step_size=0.03333333333333333)"),
        (PGD(step_size=0.1), "PGD(step_size=0.1)"),
        (FGSM("l2"), "FGSM(L2)"),
        (Square(200), "Square(queries=200)"),
        (GaussianNoise(), "GaussianNoise"),
    ],
)
def test_names_tell_settings_apart(record: Any, name: str) -> None:
    assert record.name == name


def test_two_sources_of_one_name_are_refused(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> None:
    twice = [Transfer(PGD(2), AnnPredictor(digits.model)), Transfer(PGD(2), AnnPredictor(digits.model))]
    with pytest.raises(InvalidInput, match="sources with names of their own"):
        evaluate([snn], (digits.images[:4], digits.labels[:4]), twice, [0.1])
    with pytest.raises(InvalidInput, match="at least one chip"):
        evaluate([snn], (digits.images[:4], digits.labels[:4]), [FGSM()], [0.1], chips=0)
