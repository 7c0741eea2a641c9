"""A circuit in Icarus Verilog: inputs go in, every event and the last potentials come out with their cycles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.words import write_words
from spikewright.hardware.cosim.potentials import read_sweeps, watching_lines
from spikewright.hardware.cosim.programs import call, need_icarus
from spikewright.hardware.cosim.record import MOST_CYCLES, CircuitRun, idle_cycles
from spikewright.hardware.cosim.watching import SLOT, Watched

_BENCH = """\
`timescale 1ns / 1ps
module bench;
  reg clk = 0, rst = 1, unknown = 0;
  reg [{slot}-1:0] stream[0:{count}-1];
  integer at = 0, cycle = 0, quiet = 0, ends = 0, k;
  wire in_ready, read, finished;
  wire [{moved}-1:0] moved;
  wire [{events}-1:0] events;
  wire [{answer}-1:0] words;

  sw_watched core (.clk(clk), .rst(rst), .in_valid(!rst && at < {count}), .in_ready(in_ready), .in_word(stream[at]),
                   .moved(moved), .events(events), .read(read), .words(words), .finished(finished));

  initial begin
    $readmemh("{stream}", stream);
    repeat (4) begin #5 clk = 1; #5 clk = 0; end
    rst = 0;
{begins}    while ((ends < {samples} || quiet < {idle}) && cycle < {limit} && !unknown) begin #5 clk = 1; #5 clk = 0; end
    $display("%0s %0d", ends < {samples} || quiet < {idle} ? "LONG" : "END", cycle);
    $finish;
  end

  always @(posedge clk) if (!rst) begin
    cycle <= cycle + 1;
    unknown <= ^{{moved, read}} === 1'bx;
    quiet <= moved != 0 || read || finished ? 0 : quiet + 1;
    if (finished) ends <= ends + 1;
    if (at < {count} && in_ready) at <= at + 1;
    for (k = 0; k < {senders}; k = k + 1)
      if (moved[k] !== 1'b0) $display("E %0d %0d %h", k, cycle, moved[k] ? events[k*{slot}+:{slot}] : {slot}'bx);
    if (read !== 1'b0) $display("R %0d %h", cycle, words);
{lines}
  end
endmodule
"""


@dataclass(frozen=True)
class Dump:
    """A trace of value changes (VCD) that the simulation writes to `path`, from the end of the reset to the last answer.
    `scopes`: how many levels of which instance, as `$dumpvars` takes them."""

    path: Path
    scopes: Sequence[str]

    def begins(self) -> str:
        """What the bench says in front of the first cycle."""
        calls = "".join(f"    $dumpvars({scope});\n" for scope in self.scopes)
        return f'    $dumpfile("{self.path}");\n{calls}'

    def ends(self, samples: int) -> str:
        """What it says in a cycle with an answer."""
        return f"    if (finished && ends == {samples - 1}) $dumpoff;\n"


def modules() -> list[Path]:
    """The Verilog files of `hardware/rtl`."""
    folder = Path(str(files("spikewright.hardware") / "rtl"))
    return sorted(folder.glob("*.v"))


def needed_modules(*texts: str) -> list[Path]:
    """Those of them that `texts` in Verilog may have instances of, with those that these need; comments do not count."""
    known, needed = {path.stem: path for path in modules()}, set[str]()
    asked = set().union(*map(_named, texts)) & known.keys()
    while asked:
        needed |= asked
        asked = set().union(*(_named(known[name].read_text()) for name in asked)) & known.keys() - needed
    return [known[name] for name in sorted(needed)]


def _named(text: str) -> set[str]:
    return set(re.findall(r"\bsw_\w+", re.sub(r"//.*", "", text)))


def run(circuit: Circuit, words: list[int], samples: int, limit: int = MOST_CYCLES) -> CircuitRun:
    """What the circuit in its folder does with an input `words`, which are those of `samples` inferences.

    Raises SpikewrightError where Icarus is missing, the simulation does not end within `limit` cycles, or something is sent
    that is neither 0 nor 1; InvalidInput for no input.
    """
    watched = Watched(circuit)
    with TemporaryDirectory(prefix="spikewright-") as name:
        text = Path(name) / "watched.v"
        text.write_text(watched.text())
        return simulate_text(watched, [text, *modules()], words, samples, limit, potentials=True)


def simulate_text(
    watched: Watched,
    sources: list[Path],
    words: list[int],
    samples: int,
    limit: int,
    *,
    potentials: bool = False,
    dump: Dump | None = None,
) -> CircuitRun:
    """The same of `sources` in which there is a module `sw_watched`, such as a netlist, whose potentials have no names. `dump`: a
    trace that is written meanwhile."""
    if not words:
        raise InvalidInput("expected an input of at least one word, got none")
    need_icarus()
    with TemporaryDirectory(prefix="spikewright-") as name:
        bench, stream, program = (str(Path(name) / file) for file in ("bench.v", "stream.mem", "bench"))
        write_words(Path(stream), [f"{word:x}" for word in words])
        lines = watching_lines(watched.circuit, "core") if potentials else ""
        lines += dump.ends(samples) if dump else ""
        begins = dump.begins() if dump else ""
        Path(bench).write_text(_bench(watched, stream, (len(words), samples, limit), (begins, lines)))
        folder = watched.circuit.folder
        beside = [f"-I{source.parent}" for source in sources]
        call(["iverilog", "-g2005", "-s", "bench", "-o", program, *beside, bench, *map(str, sources)], folder)
        printed = call(["vvp", "-n", program], folder)
    return _read(watched, [line.split() for line in printed.splitlines()], limit)


def _bench(watched: Watched, stream: str, sizes: tuple[int, int, int], lines: tuple[str, str]) -> str:
    count, samples, limit = sizes
    return _BENCH.format(
        slot=SLOT,
        count=count,
        samples=samples,
        limit=limit,
        idle=idle_cycles(watched.circuit),
        stream=stream,
        moved=watched.moved_bits,
        events=watched.events_bits,
        answer=watched.answer_bits,
        senders=len(watched.senders),
        begins=lines[0],
        lines=lines[1],
    )


def _read(watched: Watched, lines: list[list[str]], limit: int) -> CircuitRun:
    refused = next((line for line in lines if line and line[0] == "REFUSED"), None)
    if refused:
        raise SpikewrightError(f"expected cells that there are models for, got {' '.join(refused[1:])}")
    told = [line for line in lines if line and line[0] in ("E", "R")]
    unknown = next((line for line in told if set(line[-1].lower()) & {"x", "z"}), None)
    if unknown:
        what = f"population {watched.senders[int(unknown[1])]}" if unknown[0] == "E" else "the potentials"
        raise SpikewrightError(f"expected 0 and 1 in {what} in cycle {unknown[-2]}, got {unknown[-1]}")
    end = [line for line in lines if line and line[0] in ("END", "LONG")]
    if not end or end[0][0] == "LONG":
        raise SpikewrightError(f"expected an end of the simulation within {limit:,} cycles, got none")
    events = {
        number: np.array(
            [(int(line[2]), int(line[3], 16)) for line in told if line[0] == "E" and int(line[1]) == slot], np.int64
        ).reshape(-1, 2)
        for slot, number in enumerate(watched.senders)
    }
    size = watched.answer_bits // 8
    blocks = [line for line in told if line[0] == "R"]
    raw = b"".join(int(line[2], 16).to_bytes(size, "little") for line in blocks)
    cycles = np.array([int(line[1]) for line in blocks], np.int64)
    swept = read_sweeps(watched.circuit, [line for line in lines if line and line[0] == "V"])
    return CircuitRun(events, cycles, np.frombuffer(raw, np.uint8).reshape(-1, size), int(end[0][1]), swept)
