"""The circuit of a core as files: Verilog, memories, test bench, and what tools are told; and its record in `core.json`."""

from pathlib import Path
from typing import Literal

from spikewright.hardware.behaviour.mac_cycles import mac_over, mac_times
from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.loading import bus_bits, load_map
from spikewright.hardware.circuit.memories import instance_owners, memories_of
from spikewright.hardware.circuit.readouts import answer_bits, stops_early
from spikewright.hardware.circuit.record import EVENTS, Circuit, Ends
from spikewright.hardware.circuit.top import build
from spikewright.hardware.circuit.words import write_words
from spikewright.hardware.core.bench import BenchSizes, bench_text
from spikewright.hardware.core.golden import GoldenTraces, senders
from spikewright.hardware.core.schema_circuit import (
    CoreAnswer,
    CoreCircuit,
    CoreEvent,
    CoreInstance,
    CoreLoad,
    CorePlaced,
    CoreStreams,
)
from spikewright.hardware.core.streams import answer_cycles, answer_words, event_words, sent_counts
from spikewright.hardware.core.tool_files import texts_for_tools
from spikewright.hardware.cosim.icarus import needed_modules
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.devices import Device
from spikewright.hardware.placement import PlacedMemory, Placement, PlacingRule
from spikewright.snn import Network

FORMS: tuple[Literal["plain", "sign", "unsigned", "signed"], ...] = ("plain", "sign", "unsigned", "signed")
"""How `core.json` calls the forms of values."""


def write_circuit(
    folder: Path, network: Network, point: DesignPoint, golden: GoldenTraces, ends: Ends = EVENTS
) -> CoreCircuit:
    """Write `rtl/`, `mem/`, `tb/`, the words of the `golden` traces, and the files of tools; gives the record.

    Raises InvalidInput for what there is no circuit for; nothing is written then.
    """
    rule = PlacingRule.of(point.fpga)
    lanes = {layer.population: layer.lanes for layer in point.layers}
    circuit = build(network, lanes, folder / "mem", rule=rule, ends=ends)
    (folder / "mem" / ".spikewright").unlink()  # the whole folder has one
    _write_verilog(folder)
    streams = _write_streams(folder, circuit, golden)
    for path, text in texts_for_tools(
        point.fpga, point.clock_mhz, sum(one.count for one in circuit.lanes.values())
    ).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    return _record(folder, circuit, point, streams)


def _write_verilog(folder: Path) -> None:
    """The core and its wrapper, and the modules that they need, with those that these need."""
    (folder / "rtl").mkdir()
    for name in ("core.v", "axis.v"):
        (folder / "mem" / name).rename(folder / "rtl" / name)
    for module in needed_modules(*((folder / "rtl" / name).read_text() for name in ("core.v", "axis.v"))):
        (folder / "rtl" / module.name).write_text(module.read_text())


def _write_streams(folder: Path, circuit: Circuit, golden: GoldenTraces) -> CoreStreams:
    """Words in and out, and the bench that compares them."""
    network, place, counts = circuit.network, folder / "golden", dict[str, list[int]]()
    names = {p.name: f"golden/p{circuit.numbers[p.name]:02d}_events.mem" for p in senders(network)}
    names[network.input] = "golden/input.mem"
    ran = None if circuit.quantised else behave(circuit, golden.rasters, golden.steps)
    lengths = dict[str, int]()
    for population in senders(network):
        name, raster = population.name, golden.rasters[population.name]
        words = event_words(circuit, population, raster)
        if ran is not None and stops_early(circuit) and name != network.input:
            words = [word for word, cycle in zip(words, ran.sent[name], strict=True) if cycle >= 0]
            counts[name] = sent_counts(ran, name, raster)
        write_words(folder / names[name], words)
        lengths[name] = len(words)
    answers = answer_words(circuit, golden.logits, golden.steps)
    write_words(place / "answers.mem", answers)
    cycles = answer_cycles(
        circuit, mac_over(circuit, mac_times(circuit, len(golden.logits))) if ran is None else ran.over
    )
    sizes = BenchSizes(
        len(golden.logits),
        lengths[network.input],
        len(answers),
        {circuit.numbers[name]: length for name, length in lengths.items() if name != network.input},
        tuple(cycles),
        bus_bits((folder / "rtl" / "core.v").read_text()) if circuit.ends.loads else 0,
    )
    (folder / "tb").mkdir()
    (folder / "tb" / "bench.v").write_text(bench_text(circuit, sizes))
    entry = names.pop(network.input)
    return CoreStreams(input=entry, events=names, answers="golden/answers.mem", cycles=cycles, counts=counts or None)


def _record(folder: Path, circuit: Circuit, point: DesignPoint, streams: CoreStreams) -> CoreCircuit:
    text = (folder / "rtl" / "core.v").read_text()
    owners = instance_owners(circuit.network)
    placed = memories_of(text, circuit.network, circuit.rule)
    return CoreCircuit(
        top="sw_core",
        events={p.name: _event(circuit, p.name) for p in senders(circuit.network)},
        answer=CoreAnswer(bits=answer_bits(circuit), logits=circuit.network.by_name[circuit.network.output].size),
        instances=[
            CoreInstance(
                module=one.module,
                name=one.name,
                part=owners.get(one.name),
                parameters=dict(one.parameters),
            )
            for one in read_instances(text)
        ],
        memories=[
            CorePlaced(
                name=one.name, part=one.part, role=one.role, words=one.words, bits=one.bits, count=one.count,
                style=one.style, blocks=one.blocks(point.fpga), file=one.file and f"mem/{one.file}", column=one.column,
            )
            for one in placed
        ],
        streams=streams,
        pixels=circuit.ends.pixels,
        loads=_loads(text) if circuit.ends.loads else None,
    )  # fmt: skip


def _loads(text: str) -> list[CoreLoad]:
    return [
        CoreLoad(number=one.number, name=one.name, file=f"mem/{one.file}", rows=one.rows, bits=one.bits)
        for one in load_map(text)
    ]


def placement_of(circuit: CoreCircuit, device: Device) -> Placement:
    """The memories of a record, on a device."""
    return Placement(
        device,
        tuple(
            PlacedMemory(one.name, one.part, one.role, one.words, one.bits, one.style, one.count, one.file, one.column)
            for one in circuit.memories
        ),
    )


def _event(circuit: Circuit, name: str) -> CoreEvent:
    return CoreEvent(
        bits=(1, *circuit.coordinate_bits(name), circuit.value_bits(name)),
        form=FORMS[circuit.value_form(name)],
        times=circuit.times(name),
    )
