"""A circuit in Icarus Verilog: inputs go in, every event and the last potentials come out with their cycles."""

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.words import write_words

MOST_CYCLES = 10_000_000
IDLE = 300
"""Cycles in which nothing happens that end a simulation."""

_BENCH = """\
`timescale 1ns / 1ps
module bench;
  reg clk = 0, rst = 1;
  reg [{top}:0] stream[0:{last}];
  integer at = 0, cycle = 0, quiet = 0;
  wire in_ready, out_valid, done;
  wire [{words}:0] out_words;
  wire moves = {moves};

  sw_core core (.clk(clk), .rst(rst), .in_valid(!rst && at < {count}), .in_ready(in_ready), .in_event(stream[at]),
                .out_valid(out_valid), .out_words(out_words), .done(done));

  initial begin
    $readmemh("{stream}", stream);
    repeat (4) begin #5 clk = 1; #5 clk = 0; end
    rst = 0;
    while (quiet < {idle} && cycle < {most}) begin #5 clk = 1; #5 clk = 0; end
    if (quiet < {idle}) $display("LONG");
    $finish;
  end

  always @(posedge clk) if (!rst) begin
    cycle <= cycle + 1;
    quiet <= moves ? 0 : quiet + 1;
    if (at < {count} && in_ready) at <= at + 1;
{shown}
    if (out_valid) $display("R %0d %h", cycle, out_words);
  end
endmodule
"""


def modules() -> list[Path]:
    """The Verilog files of `hardware/rtl`."""
    folder = Path(str(files("spikewright.hardware") / "rtl"))
    return sorted(folder.glob("*.v"))


def found() -> str | None:
    """Where Icarus Verilog is, None where it is not installed."""
    return shutil.which("iverilog")


def run(circuit: Circuit, words: list[int]) -> list[list[str]]:
    """The lines that a simulation of the circuit in its folder prints for an input `words`, split at spaces.

    "E population cycle token c y x" for an event that a population sends, "R cycle word" for a block of the last potentials.
    Raises SpikewrightError where Icarus is missing or the simulation does not end, InvalidInput for no input.
    """
    if not words:
        raise InvalidInput("expected an input of at least one word, got none")
    if found() is None:
        raise SpikewrightError("expected Icarus Verilog on the path, got none; try apt-get install iverilog")
    with TemporaryDirectory(prefix="spikewright-") as name:
        bench, stream, program = (str(Path(name) / file) for file in ("bench.v", "stream.mem", "bench"))
        write_words(Path(stream), [f"{word:x}" for word in words])
        Path(bench).write_text(_bench(circuit, len(words), stream))
        _call(["iverilog", "-g2005", "-o", program, bench, "core.v", *map(str, modules())], circuit.folder)
        printed = _call(["vvp", "-n", program], circuit.folder)
    if "LONG" in printed:
        raise SpikewrightError(f"expected an end of the simulation within {MOST_CYCLES:,} cycles, got none")
    return [line.split() for line in printed.splitlines() if line[:2] in ("E ", "R ")]


def _bench(circuit: Circuit, count: int, stream: str) -> str:
    out = circuit.network.by_name[circuit.network.output]
    firing = [circuit.numbers[p.name] for p in circuit.inner if p.neuron.fires]
    shown = "\n".join(
        f'    if (core.e{n}_valid && core.e{n}_ready) $display("E {n} %0d %0d %0d %0d %0d", cycle, '
        f"core.e{n}_token, core.e{n}_c, core.e{n}_y, core.e{n}_x);"
        for n in firing
    )
    busy = [f"core.f{k}_valid || core.p{k}_valid" for k in range(len(circuit.network.projections))]
    moves = " || ".join([f"at < {count}", *busy, *(f"core.v{n}_valid" for n in firing)])
    return _BENCH.format(
        top=circuit.event_bits(circuit.network.input) - 1,
        last=count - 1,
        count=count,
        stream=stream,
        words=circuit.blocks(out).lanes.count * out.width - 1,
        idle=IDLE,
        most=MOST_CYCLES,
        moves=moves,
        shown=shown,
    )


def _call(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SpikewrightError(f"expected {command[0]} to succeed, got: {(done.stderr or done.stdout).strip()[:500]}")
    return done.stdout
