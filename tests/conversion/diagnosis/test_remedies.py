"""Hints: each table is for the way in which a network says its numbers, each hint for its case."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from spikewright.conversion import FewSpike as FewSpikeRecipe
from spikewright.conversion import Latency, Phase, Rate, Recipe, SpikeSelect, Ttfs, convert
from spikewright.conversion.diagnosis import remedies
from spikewright.conversion.diagnosis.remedies import Hint, LayerCase, next_calibration, remedies_of
from spikewright.snn import Network
from tests.conversion.diagnosis.test_records import LAYER


def case(recipe: Recipe) -> LayerCase:
    """The first layer of a small network."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 2)).eval()
    network = convert(model, torch.rand(20, 1, 6, 6, generator=torch.Generator().manual_seed(0)), recipe)
    return LayerCase(network, replace(LAYER, population="_0", levels=7))


@pytest.mark.parametrize(
    ("recipe", "wanted"),
    [
        (Rate(4, calibration=None), "RATE"),
        (Ttfs(), "TIMES"),
        (Phase(4, 2), "DIGITS"),
        (SpikeSelect(8), "LIMITED"),
        (FewSpikeRecipe(4), "FEW_SPIKES"),
        (Latency(32), "LATCHED"),
    ],
)
def test_each_code_has_hints_of_its_own(recipe: Recipe, wanted: str) -> None:
    found = case(recipe)
    assert remedies_of(found) is getattr(remedies, wanted)
    for part in ("clipping", "quantisation", "unevenness"):
        for hint in getattr(remedies_of(found), part):
            text = hint.told(found)
            assert "{" not in text and text


def test_a_hint_has_the_numbers_of_its_layer() -> None:
    found = case(Ttfs(levels=15))
    text = Hint("{population}: {levels} levels, {slots} slots, {saturated} cut").told(found)
    assert text == "_0: 7 levels, 15 slots, 10.00% cut"


def test_what_was_done_is_not_said_again() -> None:
    plain, light = case(Rate(4, calibration=None)), case(Rate(4, calibration="light"))
    first, second = next_calibration("it")
    assert first.when(plain) and not second.when(plain)
    assert not first.when(light) and second.when(light)
    assert plain.searched and not case(Rate(4, "max", calibration=None)).searched


def test_what_is_known_of_a_layer() -> None:
    shared = case(Rate(4, per_channel=False, initial="zero", calibration=None))
    assert shared.one_threshold and shared.from_zero and not shared.bursts
    assert case(Rate(4, neuron="burst", calibration=None)).bursts
    assert case(Rate(4, neuron="signed", calibration=None)).takes_back
    assert isinstance(shared.network, Network) and not shared.hardly_full
