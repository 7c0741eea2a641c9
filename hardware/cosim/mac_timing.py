"""The cycles of a MAC core beside its law."""

from collections.abc import Iterator

import numpy as np

from spikewright.hardware.behaviour.mac_cycles import mac_over, mac_times
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim.record import OVER, CircuitRun


def untimely(circuit: Circuit, run: CircuitRun, images: int) -> Iterator[str]:
    """One sentence for each population of which a value is not handed over in the cycle of `mac_times`, and for an image that is
    over in another one than `mac_over` says."""
    law = mac_times(circuit, images)
    for population in circuit.senders:
        cycles, wanted = run.events[circuit.numbers[population.name]][:, 0], law[population.name].reshape(-1)
        if len(cycles) != len(wanted):
            yield f"{population.name!r} sends {len(cycles)} values instead of {len(wanted)}"
        elif not np.array_equal(cycles, wanted):
            at = int(np.flatnonzero(cycles != wanted)[0])
            yield f"{population.name!r} sends number {at} in cycle {cycles[at]} instead of {wanted[at]}"
    cycles, wanted = run.events[OVER][:, 0], mac_over(circuit, law)
    if not np.array_equal(cycles, wanted):
        yield f"images are over in the cycles {cycles.tolist()} instead of {wanted.tolist()}"
