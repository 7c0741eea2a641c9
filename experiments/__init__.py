"""Data sets, models, the zoo of trained networks, studies, reports and the command line."""

from spikewright.aliases import same_module
from spikewright.experiments.zoo import card, load, names

__all__ = ["card", "load", "names"]

same_module(__name__)
