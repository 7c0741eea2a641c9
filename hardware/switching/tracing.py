"""The verbs: `trace(circuit, words, samples) -> Switching`, of the Verilog, and `trace_netlist`, of what yosys makes of it."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright.hardware.circuit.memories import memories_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim import netlists
from spikewright.hardware.cosim.block_rams import models
from spikewright.hardware.cosim.icarus import Dump, modules, simulate_text
from spikewright.hardware.cosim.record import MOST_CYCLES
from spikewright.hardware.cosim.watching import Watched
from spikewright.hardware.switching.changes import Chooser, ReadTrace, counted
from spikewright.hardware.switching.netlist_signals import NetlistWatch
from spikewright.hardware.switching.record import Switching
from spikewright.hardware.switching.rtl_signals import TOP, registers
from spikewright.hardware.switching.watching import RtlWatch


def trace(circuit: Circuit, words: list[int], samples: int, limit: int = MOST_CYCLES) -> Switching:
    """How often the registers of the circuit in its folder change, and its block memories are used, for an input `words` of
    `samples` inferences, from the end of the reset to the last answer.

    The trace of the simulation is counted while it is written and never stored. Raises SpikewrightError where Icarus is missing
    or the simulation does not end within `limit` cycles; InvalidInput for no input.
    """
    watched, core = Watched(circuit), (circuit.folder / "core.v").read_text()
    watch = RtlWatch(core, memories_of(core, circuit.network, circuit.rule), registers(watched))
    with TemporaryDirectory(prefix="spikewright-") as name:
        text = Path(name) / "watched.v"
        text.write_text(watched.text())
        found = _traced(watched, [text, *modules()], (words, samples, limit), ["0, bench.core"], watch)
    return watch.counts.switching("rtl", found.now - found.begun)


def trace_netlist(circuit: Circuit, words: list[int], samples: int, family: str, limit: int = MOST_CYCLES) -> Switching:
    """The same of its netlist for a family of devices, with the nets of its logic too. No cell has a delay, so what settles
    within a cycle (glitches) is not seen. Raises as `netlists.run`."""
    watched = Watched(circuit)
    with TemporaryDirectory(prefix="spikewright-") as name:
        netlist, rams, described = (Path(name) / file for file in ("netlist.v", "block_rams.v", "netlist.json"))
        netlist.write_text(netlists.synthesised(watched, family, described))
        rams.write_text(models())
        watch = NetlistWatch(json.loads(described.read_text()), TOP)
        watch.constants()
        sources = [netlist, rams, netlists.cells_file(family)]
        scopes = [f"1, {_reference(path)}" for path in watch.modules]
        found = _traced(watched, sources, (words, samples, limit), scopes, watch)
    return watch.counts.switching(family, found.now - found.begun)


def _reference(path: Sequence[str]) -> str:
    """A module of the netlist as Verilog refers to it in the bench."""
    return ".".join(["bench.core", *(f"\\{name} " for name in path)])


def _traced(
    watched: Watched, sources: list[Path], run: tuple[list[int], int, int], scopes: Sequence[str], chooser: Chooser
) -> ReadTrace:
    """Simulate, and count the changes of what lies in `scopes` as they come through a pipe."""
    with TemporaryDirectory(prefix="spikewright-") as name, ThreadPoolExecutor(1) as reader:
        pipe = Path(name) / "trace.vcd"
        os.mkfifo(pipe)
        source = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        held = os.open(pipe, os.O_WRONLY)  # until the simulator has ended, or failed before it opened the pipe
        os.set_blocking(source, True)
        found = reader.submit(_read, source, chooser)
        try:
            simulate_text(watched, sources, *run, dump=Dump(pipe, scopes))
        finally:
            os.close(held)
        return found.result()


def _read(source: int, chooser: Chooser) -> ReadTrace:
    with open(source) as lines:
        trace = counted(lines, chooser)
        for _ in lines:  # to its end, or the simulator would wait
            pass
        return trace
