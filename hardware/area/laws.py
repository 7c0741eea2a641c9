"""The law of a module for a family: how many cells each of its features costs, and from where to where that was measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spikewright.hardware.area import contents
from spikewright.hardware.area.contents import Words
from spikewright.hardware.area.features.table import FEATURES
from spikewright.hardware.area.features.told import Features, Told
from spikewright.hardware.placement import PlacingRule

WHOLE = ("sw_rom", "sw_codebook")
"""Modules whose features need what their files hold."""


@dataclass(frozen=True)
class ModuleLaw:
    """Cells by feature; the largest value of each feature that was synthesised; errors, root mean squares of relative ones.

    modules: how many different ones the law was fitted to.
    """

    lut: Mapping[str, float]
    ff: Mapping[str, float]
    dsp: Mapping[str, float]
    most: Mapping[str, float]
    lut_error: float
    ff_error: float
    modules: int

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "ModuleLaw":
        """From a row of a stored calibration."""
        return cls(**row)

    def cells(self, kind: str, features: Features) -> float:
        """What features come to, `kind` one of lut, ff, dsp."""
        costs: Mapping[str, float] = getattr(self, kind)
        return sum(costs.get(name, 0.0) * value for name, value in features.items())

    def beyond(self, features: Features) -> tuple[str, ...]:
        """Features that cost look-up tables and are larger than any that was synthesised, and those that no module had at all.

        Flip-flops that are read off the Verilog lie nowhere beyond it.
        """
        return tuple(
            f"{name} {value:g}, calibrated up to {self.most.get(name, 0):g}"
            for name, value in features.items()
            if value > self.most.get(name, 0) and not name.startswith("registers")
            if self.lut.get(name) or not self.most.get(name)
        )


def features_of(
    module: str, parameters: Mapping[str, int | str], words: Words, family: str, rule: PlacingRule
) -> Features:
    """What the size of a module grows with."""
    if module == "sw_rom":
        return contents.rom(parameters, words, rule.shapes)
    if module == "sw_codebook":
        return contents.codebook(parameters, words)
    return FEATURES[module](Told(parameters, rule, family))
