"""Modules with parameters as circuits have them, and what stored calibrations say of them."""

from functools import cache
from importlib.resources import files

from spikewright.hardware.area.calibrated import CALIBRATED, Sizes, sizes
from spikewright.hardware.area.features.told import Told
from spikewright.hardware.area.keys import key_of

FAMILIES = CALIBRATED


def told(family: str = "xc7", **parameters: int | str) -> Told:
    """What a module is told, on a family."""
    return Told(parameters, sizes(family).rule, family)


@cache
def stored(family: str) -> Sizes:
    """The calibration of a family."""
    return sizes(family)


def parameters_of(key: str) -> dict[str, int | str]:
    """The parameters in a key of a stored table."""
    pairs = (one.split("=", 1) for one in key.split(" ")[1:])
    return {name: int(value) if value.lstrip("-").isdigit() else value for name, value in pairs}


def same_key(key: str) -> bool:
    """Whether a key of a table is that of its own parameters."""
    return key_of(key.split(" ")[0], parameters_of(key)) == key


@cache
def stored_keys(family: str) -> list[str]:
    """The modules of a stored table."""
    text = (files("spikewright.hardware.area") / "calibration" / f"{family}.csv").read_text("utf-8")
    return [line.split(",")[0] for line in text.splitlines()[1:]]
