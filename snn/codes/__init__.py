"""Codes: how numbers become spikes at the input, and over how many steps.

x is an input value in [0, 1], float32 read as float64, in which all of a code is computed; i its neuron (row-major), t = 0, 1,
... the step. Draws are those of `snn.disturb.noise`, stream = 16 * (place of the input population) + the kind given with the
code. In fixed point and in float32 networks the same numbers are sent, except by TtfsCode. In both schedules the input sends
by steps t.
"""

from spikewright.snn.codes.changes import AddressEvents, Delta
from spikewright.snn.codes.drawn import JitteredPeriodic, Poisson
from spikewright.snn.codes.held import Direct, TtfsCode
from spikewright.snn.codes.rates import LONGEST_PHASE as LONGEST_PHASE
from spikewright.snn.codes.rates import Bursts, PhaseCode, RateCode, SingleBurst, SpikeSelectCode
from spikewright.snn.codes.record import Code
from spikewright.snn.codes.record import Inside as Inside

CODES: tuple[type[Code], ...] = (
    Direct,
    RateCode,
    Bursts,
    Poisson,
    JitteredPeriodic,
    SingleBurst,
    PhaseCode,
    SpikeSelectCode,
    Delta,
    AddressEvents,
    TtfsCode,
)
"""The codes that files may hold."""


__all__ = [
    "AddressEvents",
    "Bursts",
    "Code",
    "Delta",
    "Direct",
    "JitteredPeriodic",
    "PhaseCode",
    "Poisson",
    "RateCode",
    "SingleBurst",
    "SpikeSelectCode",
    "TtfsCode",
]
