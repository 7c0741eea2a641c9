"""What a part of a circuit, or all of it, takes on a family of devices."""

from dataclasses import dataclass

from spikewright.hardware.model.interval import Interval


@dataclass(frozen=True)
class ModuleSize:
    """One instance of a module, without the modules inside it.

    lut, ff, dsp: look-up tables (those that are memory too), flip-flops and multipliers. seen: whether the very same module was
    synthesised; then the sizes are those. lut_error, ff_error: root mean square of the law's relative errors. outside: what about
    it lies beyond all that was synthesised, in words.
    """

    lut: float
    ff: float
    dsp: float = 0.0
    seen: bool = False
    lut_error: float = 0.0
    ff_error: float = 0.0
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class CircuitArea:
    """The sum over modules. The intervals are those in which cores lay that no law was fitted to, in 95 of 100 cases and more.

    blocks: block memories in units of the smallest kind of the family. seen: the share of the look-up tables that belongs to
    modules which were synthesised as they are. beyond: the share that belongs to modules beyond all that was calibrated; their
    intervals are OUTSIDE times as wide. outside: what about them, in words, where the share is more than MOST_BEYOND.
    """

    lut: Interval
    ff: Interval
    dsp: Interval
    blocks: int
    seen: float
    beyond: float
    outside: tuple[str, ...]


OUTSIDE = 3.0
"""How much wider the error of a module is taken for that lies outside of what was calibrated."""
MOST_BEYOND = 0.1
"""The share of the look-up tables from which on an area counts as outside of what was calibrated."""
