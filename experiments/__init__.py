"""Data sets, models, the zoo of trained networks, studies, reports and the command line."""

from experiments.zoo import card, load, names

__all__ = ["card", "load", "names"]
