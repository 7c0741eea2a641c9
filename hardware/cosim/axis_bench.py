"""`sw_axis` of a circuit in Icarus: frames go in and come out with pauses on both sides, and a reset may come at any time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import SpikewrightError
from spikewright.hardware.circuit.loading import LOAD_WORD
from spikewright.hardware.circuit.readouts import answer_bits
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.words import write_words
from spikewright.hardware.circuit.wrapper import input_bits, whole_bytes
from spikewright.hardware.cosim.answers import CircuitAnswers
from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.cosim.programs import call, need_icarus
from spikewright.hardware.cosim.record import MOST_CYCLES

_BENCH = """\
`timescale 1ns / 1ps
module bench;
  reg aclk = 0, aresetn = 0, offers = 0, takes = 0;
  reg [{width}:0] stream[0:{count}-1];  // {{last, word}}
  reg [32:0] loads[0:{loads}];
  integer loaded = 0, at = 0, cycle = 0, frames = 0, seed = {seed};
  wire tready, tvalid, tlast, misframed;
  wire [{answer}-1:0] answer;

  sw_axis axis (.aclk(aclk), .aresetn(aresetn), .s_axis_tdata(stream[at][{width}-1:0]), .s_axis_tvalid(offers && at < {count}),
                .s_axis_tready(tready), .s_axis_tlast(stream[at][{width}]), .m_axis_tdata(answer), .m_axis_tvalid(tvalid),
                .m_axis_tready(takes), .m_axis_tlast(tlast), .misframed(misframed){load_ports});

  initial begin
    $readmemh("{stream}", stream);
    $readmemh("{load_stream}", loads);
    while (frames < {frames} && cycle < {limit}) begin #5 aclk = 1; #5 aclk = 0; end
    $display("END %0d %0d", frames, misframed);
    $finish;
  end

  always @(posedge aclk) begin
    cycle <= cycle + 1;
    aresetn <= cycle >= 4 && cycle != {reset};
    if (aresetn && loaded < {loads}) loaded <= loaded + 1;
    offers <= loaded < {loads} ? 1'b0 : offers && at < {count} && !tready || {pauses} == 0 || $random(seed) % ({pauses} + 1) == 0;
    takes <= {pauses} == 0 || $random(seed) % ({pauses} + 1) == 0;
    if (cycle == {reset}) at <= 0;
    else if (aresetn && offers && at < {count} && tready) begin
      at <= at + 1;
      offers <= {pauses} == 0 || $random(seed) % ({pauses} + 1) == 0;
    end
    if (aresetn && tvalid && takes) $display("A %0d %0d %0d", cycle, $signed(answer), tlast);
    if (aresetn && tvalid && takes && tlast) frames <= frames + 1;
    if (aresetn && axis.event_valid && axis.event_ready) $display("E %0d %h", cycle, axis.event_word[0] ? 1 : axis.event_word);
    if (cycle == {reset}) begin
      frames <= 0;
      $display("RESET");
    end
  end
endmodule
"""
_LOAD_PORTS = (
    ", .s_load_axis_tdata(loads[loaded][31:0]), .s_load_axis_tvalid(aresetn && loaded < {loads}), "
    ".s_load_axis_tready(), .s_load_axis_tlast(loads[loaded][32])"
)


@dataclass(frozen=True)
class Handling:
    """How the streams are handled: of `pauses` + 1 cycles one is used on average on either side, 0: every one. `reset`: the cycle
    in which a reset of one cycle comes, after which all is sent anew; -1: none. `seed`: of the pauses."""

    pauses: int = 0
    reset: int = -1
    seed: int = 1


@dataclass(frozen=True, eq=False)
class AxisRun:
    """What came out of a run: the answers and the cycle of each of their words, the words of the events in front of the core with
    their cycles (1 for a token), `misframed`."""

    answers: CircuitAnswers
    answer_cycles: NDArray[np.int64]
    events: NDArray[np.int64]
    misframed: bool


def run(
    circuit: Circuit,
    frames: Sequence[Sequence[int]],
    handling: Handling | None = None,
    loads: Sequence[Sequence[int]] = (),
) -> AxisRun:
    """What `sw_axis` of the circuit in its folder makes of so many frames of words, once its memories have taken the `loads`.

    Raises SpikewrightError where Icarus is missing or an answer does not come.
    """
    need_icarus()
    width = whole_bytes(input_bits(circuit))
    words, loaded = _marked(frames, width), _marked(loads, LOAD_WORD)
    with TemporaryDirectory(prefix="spikewright-") as name:
        bench, stream, program = (str(Path(name) / file) for file in ("bench.v", "stream.mem", "bench"))
        write_words(Path(stream), [f"{word:x}" for word in words])
        write_words(Path(stream + ".load"), [f"{word:x}" for word in [*loaded, 0]])
        sizes = {"count": len(words), "frames": len(frames), "loads": len(loaded)}
        Path(bench).write_text(_bench(circuit, stream, sizes, handling or Handling()))
        sources = ["core.v", "axis.v", *map(str, modules())]
        call(["iverilog", "-g2005", "-s", "bench", "-o", program, bench, *sources], circuit.folder)
        printed = call(["vvp", "-n", program], circuit.folder)
    lines = [line.split() for line in printed.rpartition("RESET\n")[2].splitlines()]
    end = next(line for line in lines if line[0] == "END")
    if int(end[1]) != len(frames):
        raise SpikewrightError(f"expected {len(frames)} answers within {MOST_CYCLES:,} cycles, got {end[1]}")
    cycles = np.array([int(line[1]) for line in lines if line[0] == "A"], np.int64)
    return AxisRun(_answers(circuit, lines, len(frames)), cycles, _events(lines), end[2] == "1")


def _marked(frames: Sequence[Sequence[int]], width: int) -> list[int]:
    """Words with a bit above them that says which ends its frame."""
    return [word | (at == len(frame) - 1) << width for frame in frames for at, word in enumerate(frame)]


def _bench(circuit: Circuit, stream: str, sizes: Mapping[str, int], handling: Handling) -> str:
    given: dict[str, Any] = {"stream": stream, "load_stream": stream + ".load", "limit": MOST_CYCLES, **sizes}
    given |= {"load_ports": _LOAD_PORTS.format(**given) if circuit.ends.loads else ""}
    given |= {"width": whole_bytes(input_bits(circuit)), "answer": whole_bytes(answer_bits(circuit))}
    return _BENCH.format(**given, pauses=handling.pauses, reset=handling.reset, seed=handling.seed)


def _answers(circuit: Circuit, lines: list[list[str]], samples: int) -> CircuitAnswers:
    words = np.array([int(line[2]) for line in lines if line[0] == "A"], np.int64)
    last = np.array([int(line[3]) for line in lines if line[0] == "A"], np.int64)
    return CircuitAnswers.of_words(circuit, words, last, samples)


def _events(lines: list[list[str]]) -> NDArray[np.int64]:
    return np.array([(int(line[1]), int(line[2], 16)) for line in lines if line[0] == "E"], np.int64).reshape(-1, 2)
