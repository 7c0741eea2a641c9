"""The zoo: trained networks that come with the project, each with a card that says how it was made.

    model = load("lenet5-mnist")          # nn.Module in eval mode
    card("lenet5-mnist").accuracy         # on the data set's whole test split
    names()                               # all that are there

Adding one is a line in `experiments/zoo/recipes.py` and `python -m spikewright.experiments.zoo train NAME --data FOLDER`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from spikewright import InvalidFile
from spikewright.experiments.data.downloads import check_md5
from spikewright.experiments.zoo.cards import Card, read_card
from spikewright.experiments.zoo.recipes import ENTRIES, entry

if TYPE_CHECKING:
    from torch import nn

__all__ = ["WEIGHTS", "Card", "card", "load", "names"]

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the shipped weights and cards."""


def names() -> tuple[str, ...]:
    """The networks of the zoo."""
    return tuple(ENTRIES)


def card(name: str, folder: Path = WEIGHTS) -> Card:
    """How a network was trained and how good it is.

    Raises InvalidInput for an unknown name, InvalidFile when the card is missing or damaged.
    """
    entry(name)
    return read_card(folder / f"{name}.json")


def load(name: str, folder: Path = WEIGHTS) -> "nn.Module":
    """The trained network in eval mode, after its weights' md5 was checked against the card.

    Raises InvalidInput for an unknown name, InvalidFile for weights that are missing, changed or do not fit.
    """
    from spikewright.experiments.models.table import build
    from spikewright.experiments.training.checkpoint import load_weights

    found = card(name, folder)
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise InvalidFile(
            f"expected weights at {path}, got none; try `python -m spikewright.experiments.zoo train {name} --data FOLDER`"
        )
    check_md5(path, found.weights_md5)
    model = build(found.model)
    if found.recipe.levels is not None:
        from spikewright.compress import learned_thresholds

        model = learned_thresholds(model, found.recipe.levels)
    load_weights(path, model)
    return model.eval()
