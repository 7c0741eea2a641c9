"""The README.md that lies in every exported core."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spikewright.hardware.core.schema import Core

_TEXT = """\
# Spike core

Written by {generator} for {device} at {clock:g} MHz. `core.json` says what it is; its schema is `core.schema.json`
of the Python package `spikewright.hardware.core`, and `docs/core-format.md` of the project says all in words. Every file is named
in it with its SHA-256.

{circuit}

| layer | kind | neurons | physical neurons | potential bits | accumulator bits |
| --- | --- | --- | --- | --- | --- |
{rows}

## The law
{steps} steps, schedule {schedule}, readout {readout}. In every step all populations update, sources before their
targets; a spike of step t reaches its targets in step t. The inputs S of one step are summed exactly in
`accumulator_bits`, the bias is added, and the potential is updated and saturated at `potential_bits` once:
U = sat(V - (V >> leak_shift) + S + bias), without the shift where `leak_shift` is null. A neuron fires when
U >= threshold; then V = U - threshold (reset "subtract") or V = 0 ("zero"). A layerwise network gathers S and bias of
all steps first and then fires without further input. A projection's `pool` sums the events of windows first, by an
address map; its `shift` multiplies the sums by 2**shift. An `integrator` never fires: its potential is the answer.
`quant_relu` sends the integer clip(floor((S + bias) multiplier / 2**shift + 1/2), 0, levels).

## Addresses
Neurons are numbered C, H, W row-major: address = (c H + y) W + x. Weights are row-major as their `shape` says:
(out, in) for `linear`, (out, in / groups, kernel height, kernel width) for `conv2d`. P = `physical_neurons` work at a
time: `lanes` says how many channels at how many rows and columns.

## network/*.mem
One word a line in lower-case hex, ceil(bits / 4) digits, two's complement where `signed`, for $readmemh. Every line
ends with a newline, the last one too. Pruned weights (`masked`) are the `values` at ascending places that the `index`
of their `layout` tells, as the schema says; a codebook is `indices` into a `table`.

## golden/
`images.mem` holds the inputs as float32 bit patterns ({samples} samples, {origin}). `pNN.spikes` is the trace of
population number NN of `core.json` (counted from 0): a line per sample and step, sample after sample, with the
addresses that fire, ascending; `address:value` where integers are sent. A direct input is sent once and has one line
per sample. `pNN_potentials.mem` holds its potentials after each step, `logits.mem` the
answers after the last. `hardware.replay(folder)` runs all of it again and compares bit for bit.
"""


_CIRCUIT = """\
- `make sim` runs the golden traces through `rtl/`: `tb/bench.v` compares every event of every population, every word of
  the answers and the cycle in which each answer comes. It ends with PASS or FAIL; `make sim LIMIT=1000` gives up after
  so many cycles. Icarus Verilog 11 or later runs it, or Verilator 5 and g++ where they are installed and there are more
  than 64 physical neurons, for which Icarus is slow; `SIMULATOR=icarus` and `SIMULATOR=verilator` choose one.
- `make synth` says what it takes on {family} (Yosys 0.23 or later, `synth.ys`).
- `vivado.tcl`, `quartus.tcl` and `constraints/` are for the vendors' tools and have NOT been tested.

What make writes lies beside this folder (`BUILD=...` puts it elsewhere). The top level is `sw_core` in `rtl/core.v`, with AXI
streams `sw_axis` in `rtl/axis.v` around it; a neuron is in `rtl/sw_lane_*.v`, its potential in `rtl/sw_array.v` and
`rtl/sw_bank.v`. `mem/` holds the integers of `network/` in the order in which the circuit reads them.

Events go in as words `{{value, x, y, c, token}}` on `in_valid`, `in_ready`, `in_event`: {event} bits, the token in bit 0, then
{bits} bits of c, y, x and value. A token ends a step; its other bits say nothing. An answer comes out on `answer_valid`,
`answer_ready`, `answer_word`, `answer_last` as {words} words of {answer} bits, two's complement: the class, the steps that were
taken, and the logits. A word is handed over in each rising edge of `clk` in which valid and ready are both high. `rst` is
synchronous and active high.{ends}"""

_PIXELS = """

`sw_axis` takes images instead: pixels k = 0 .. {pixels} (k / {pixels}), row-major over (channel, row, column), a frame each."""
_LOADS = """

Memories can be filled at run time through `s_load_axis` of `sw_axis`: a frame is the number of a memory, the first row, and rows,
each as 32-bit words, the lowest first. The head of `rtl/axis.v` lists {count} memories, `circuit.loads` of `core.json` too, with
the file of `mem/` that each begins with; the same files of a core of another network of these shapes and widths make it that one.
The estimates are of a core whose memories cannot be filled."""

_NO_CIRCUIT = "There is no Verilog in this folder, since there is none for this network yet: {why}."


def _circuit(core: Core) -> str:
    circuit = core.circuit
    if circuit is None:
        return _NO_CIRCUIT.format(why=core.without_circuit)
    bits = circuit.events[core.input].bits
    return _CIRCUIT.format(
        family=core.device,
        event=sum(bits),
        bits=", ".join(map(str, bits[1:])),
        words=circuit.answer.logits + 2,
        answer=circuit.answer.bits,
        ends=(_PIXELS.format(pixels=circuit.pixels) if circuit.pixels else "")
        + (_LOADS.format(count=len(circuit.loads)) if circuit.loads else ""),
    )


def readme_text(core: Core) -> str:
    """The format in words, with a table of this core's layers."""
    layers = [p for p in core.populations if p.physical_neurons is not None]
    rows = "\n".join(
        f"| {p.name} | {p.neuron.kind} | {_size(p.shape)} | {p.physical_neurons}"
        f" | {p.potential_bits} | {p.accumulator_bits} |"
        for p in layers
    )
    return _TEXT.format(
        generator=core.generator,
        device=core.device,
        clock=core.clock_mhz,
        rows=rows,
        steps=core.code.steps,
        schedule=core.schedule,
        readout=core.readout,
        samples=core.golden.samples,
        origin=core.golden.origin,
        circuit=_circuit(core),
    )


def _size(shape: list[int]) -> int:
    count = 1
    for extent in shape:
        count *= extent
    return count
