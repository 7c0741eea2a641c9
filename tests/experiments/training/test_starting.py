"""What a network is before its first step."""

from torch import nn

from spikewright.compress import QuantizedReLU
from spikewright.experiments.data import load_dataset
from spikewright.experiments.models.table import build
from spikewright.experiments.training.recipe import TrainRecipe
from spikewright.experiments.training.starting import levelled


def test_levels_of_a_recipe_are_staircases_whose_ranges_are_found_on_images() -> None:
    data, model = load_dataset("digits").first(40, 10), build("small_cnn")
    assert levelled(model, TrainRecipe(1, 8, 0.1), data) is model
    made = levelled(model, TrainRecipe(1, 8, 0.1, levels=3), data)
    stairs = [each for each in made.modules() if isinstance(each, QuantizedReLU)]
    assert len(stairs) == sum(isinstance(each, nn.ReLU) for each in model.modules()) > 0
    assert {each.levels for each in stairs} == {3} and len({each.alpha.item() for each in stairs}) == len(stairs)
