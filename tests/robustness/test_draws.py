"""What is random depends on seed, chip and image, never on batch or neighbours."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.robustness.draws import ImageDraws, chip_seed, normal, uniform


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
