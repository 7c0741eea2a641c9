"""A winner-take-all circuit in Icarus, beside the plain statement of its law."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.winners import WinnersCircuit
from spikewright.hardware.circuit.words import write_words
from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.cosim.programs import call, need_icarus
from spikewright.snn.learning.fixed import run_winners

Whole = NDArray[np.int64]

_BENCH = """\
`timescale 1ns / 1ps
module bench;
  reg clk = 0, rst = 1, takes = 0;
  reg [31:0] stream[0:{count}-1];
  integer at = 0, cycle = 0, ends = 0, seed = 1;
  wire ready, valid, last;
  wire [{answer}-1:0] word;
  sw_core core (.clk(clk), .rst(rst), .in_valid(!rst && at < {count}), .in_ready(ready), .in_event(stream[at][{bits}:0]),
                .answer_valid(valid), .answer_ready(takes), .answer_word(word), .answer_last(last));
  initial begin
    $readmemh("{stream}", stream);
    repeat (4) begin #5 clk = 1; #5 clk = 0; end
    rst = 0;
    while (ends < {samples} && cycle < {limit}) begin #5 clk = 1; #5 clk = 0; end
    $finish;
  end
  always @(posedge clk) if (!rst) begin
    cycle <= cycle + 1;
    takes <= $random(seed);
    if (at < {count} && ready) at <= at + 1;
    if (core.e_valid && core.e_ready) $display("E %0d %0d", core.e_token, core.e_c);
    if (valid && takes) $display("A %0d", word);
    if (valid && takes && last) ends <= ends + 1;
  end
endmodule
"""


def winners_differences(circuit: WinnersCircuit, spikes: Sequence[Any]) -> tuple[str, ...]:
    """One sentence for each image whose spikes or counts are others than those of the law; `spikes (steps, inputs)` of each.

    Raises SpikewrightError without Icarus.
    """
    need_icarus()
    lines = _simulated(circuit, spikes)
    steps, neurons = circuit.network.steps, circuit.neurons
    fired, counted = _fired([line for line in lines if line[0] == "E"], len(spikes), steps, neurons), []
    words = np.array([int(line[1]) for line in lines if line[0] == "A"], np.int64).reshape(-1, neurons + 2)
    for number, given in enumerate(spikes):
        wanted, _ = run_winners(circuit.network, given)
        answer = [wanted.sum(axis=0).argmax(), steps, *wanted.sum(axis=0)]
        if not np.array_equal(fired[number], wanted):
            step = int(np.flatnonzero((fired[number] != wanted).any(axis=1))[0])
            counted.append(f"the winners differ first in image {number}, step {step}")
        elif number >= len(words) or words[number].tolist() != [int(one) for one in answer]:
            counted.append(f"the answer differs in image {number}")
    return tuple(counted)


def _simulated(circuit: WinnersCircuit, spikes: Sequence[Any]) -> list[list[str]]:
    words = []
    for given in spikes:
        for row in np.asarray(given):
            words += [*(int(place) << 1 for place in np.flatnonzero(row)), 1]
    limit = (len(words) + len(spikes)) * (3 * circuit.groups + 20) + 20 * len(spikes) * circuit.neurons
    with TemporaryDirectory(prefix="spikewright-") as name:
        bench, stream, program = (str(Path(name) / file) for file in ("bench.v", "stream.mem", "bench"))
        write_words(Path(stream), [f"{word:x}" for word in words])
        given = {"count": len(words), "samples": len(spikes), "stream": stream, "limit": limit}
        text = _BENCH.format(**given, answer=circuit.answer_bits, bits=circuit.input_bits)
        Path(bench).write_text(text)
        call(
            ["iverilog", "-g2005", "-s", "bench", "-o", program, bench, "core.v", *map(str, modules())], circuit.folder
        )
        return [
            line.split()
            for line in call(["vvp", "-n", program], circuit.folder).splitlines()
            if line[:2] in ("E ", "A ")
        ]


def _fired(lines: list[list[str]], samples: int, steps: int, neurons: int) -> Whole:
    fired, tokens = np.zeros((samples * steps + 1, neurons), np.int64), 0
    for _, token, neuron in lines:
        if token == "1":
            tokens += 1
        else:
            fired[min(tokens, samples * steps), int(neuron)] += 1
    return fired[:-1].reshape(samples, steps, neurons)
