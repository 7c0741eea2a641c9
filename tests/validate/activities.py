"""How often registers change and memories are used: the Verilog beside its netlist, and beside how busy its layers are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.circuit.memories import instance_owners
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.core.golden import run_golden
from spikewright.hardware.cosim.answers import CircuitAnswers
from spikewright.hardware.cosim.streams import input_words
from spikewright.hardware.switching.record import Switching, rate
from spikewright.hardware.switching.tracing import trace, trace_netlist
from spikewright.snn import Network
from tests.onnx_check.progress import commit_of
from tests.validate.netlist_cores import CORES, NetlistCore, drawn_core
from tests.validate.progress import READ

TRACED = (CORES[0], CORES[1], CORES[2], CORES[3])
"""Cores whose netlists are traced."""
MULTIPLYING = drawn_core("MAC core", 2, 1)
"""One more, for ecp5 alone: Yosys puts registers into the multipliers of AMD, where no trace sees them."""
RATED = (*CORES, *(drawn_core("IF and LIF", seed, choice) for seed, choice in ((4, 2), (5, 1), (6, 0), (7, 2))))
"""Cores whose layers say how often a register changes in a busy cycle."""


@dataclass(frozen=True, eq=False)
class TracedCore:
    """A circuit, what its populations send for some images, and their number."""

    circuit: Circuit
    rasters: Mapping[str, Any]
    images: Any

    @classmethod
    def of(cls, core: NetlistCore, folder: Path, samples: int) -> "TracedCore":
        """The circuit of a core, in an empty folder."""
        circuit, images = core.circuit(folder), core.images(samples)
        rasters, _ = run_golden(replace(circuit.network, decision=None), images)
        return cls(circuit, rasters, images)

    @property
    def words(self) -> list[int]:
        """The input of the circuit."""
        return input_words(self.circuit, self.rasters[self.circuit.network.input])


def traced(family: str) -> tuple[NetlistCore, ...]:
    """The cores whose netlists for a family are traced."""
    return (*TRACED, MULTIPLYING) if family == "ecp5" else TRACED


def beside_netlist(core: NetlistCore, family: str, folder: Path, samples: int = 2) -> dict[str, Any]:
    """A row of the page: changes of all registers in the Verilog and in the netlist, their difference, accesses to memories."""
    one = TracedCore.of(core, folder, samples)
    found, synthesised = trace(one.circuit, one.words, samples), trace_netlist(one.circuit, one.words, samples, family)
    mine, theirs = found.whole, synthesised.whole
    return {
        "commit": commit_of(read=READ),
        "cycles": found.cycles,
        "rtl": mine.register_toggles,
        "netlist": theirs.register_toggles,
        "percent": 100 * (mine.register_toggles / theirs.register_toggles - 1),
        "reads": mine.reads,
        "writes": mine.writes,
        "net_per_register": synthesised.net_rate / synthesised.register_rate,
        "why": "; ".join(found.differences(synthesised)),
    }


def busy_rates(core: NetlistCore, folder: Path, samples: int = 3) -> Iterator[float]:
    """For each layer of a core the changes of a register bit in a cycle in which the layer is busy, by the simulator of the
    control."""
    one = TracedCore.of(core, folder, samples)
    network = one.circuit.network
    found = trace(one.circuit, one.words, samples)
    behaviour = behave(one.circuit, one.rasters, CircuitAnswers.expected(network, one.images).steps)
    for layer in behaviour.layers:
        bits, toggles = _registers(found, network, layer.name)
        yield rate(toggles, bits, layer.begin + layer.passes + layer.sweep)


def _registers(found: Switching, network: Network, layer: str) -> tuple[int, int]:
    """Bits and changes of all parts that belong to a layer: its own, and those of the projections into it."""
    owners, into = instance_owners(network), {q.name: q.target for q in network.projections}
    parts = [one for one in found.parts if into.get(owners.get(one.part, ""), owners.get(one.part)) == layer]
    return sum(one.registers for one in parts), sum(one.register_toggles for one in parts)


def spread(rates: list[float]) -> dict[str, Any]:
    """Least, median and most of the rates, and how many layers they are of."""
    found = (min(rates), median(rates), max(rates))
    return {
        "commit": commit_of(read=READ),
        "layers": len(rates),
        **dict(zip(("low", "value", "high"), found, strict=True)),
    }
