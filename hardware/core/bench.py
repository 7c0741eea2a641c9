"""The test bench of an exported core: golden traces go in, all that is sent is compared in the core itself."""

from dataclasses import dataclass

from spikewright.hardware.circuit.readouts import answer_bits
from spikewright.hardware.circuit.record import Circuit

LIMIT = 100_000_000
"""Cycles after which a simulation is given up."""
IDLE = 10_000
"""Cycles in which nothing is sent that end a simulation: the core is stuck."""

_TEXT = """\
// Golden traces through sw_core: run it in mem/, or by `make sim`. It prints PASS, or FAIL and what differs first.
`timescale 1ns / 1ps
module bench;
  integer limit = {limit};  // +limit=N takes another number of cycles
  reg clk = 0, rst = 1;
  integer cycle = 0, quiet = 0, faults = 0, at = 0, answered = 0;
  wire in_ready, answer_valid, answer_last;
  wire [{answer}-1:0] answer_word;
  reg [{event}-1:0] stream[0:{count}-1];
  reg [{answer}-1:0] answers[0:{words}-1];
  integer due[0:{samples}-1];  // the cycle of the last word of each answer
{declared}

  sw_core core ({loads}.clk(clk), .rst(rst), .in_valid(!rst && at < {count}), .in_ready(in_ready), .in_event(stream[at]),
                .answer_valid(answer_valid), .answer_ready(1'b1), .answer_word(answer_word), .answer_last(answer_last));

  wire whole = at == {count} && answered == {words}{complete};

  initial begin
    $readmemh("../golden/input.mem", stream);
    $readmemh("../golden/answers.mem", answers);
{loaded}{due}
    if ($value$plusargs("limit=%d", limit)) ;
    repeat (4) begin #5 clk = 1; #5 clk = 0; end
    rst = 0;
    while (quiet < {idle} && cycle < limit && faults < 10 && !(whole && quiet > 100)) begin #5 clk = 1; #5 clk = 0; end
    if (faults == 0 && whole) $display("PASS %0d answers, %0d cycles", {samples}, cycle - quiet);
    else if (faults != 0) $display("FAIL %0d differences", faults);
    else $display("FAIL no end within %0d cycles: %0d of {count} words in, %0d of {words} words of answers", cycle, at, answered);
    $finish;
  end

  always @(posedge clk) if (!rst) begin
    cycle <= cycle + 1;
    quiet <= in_ready && at < {count} || answer_valid{moves} ? 0 : quiet + 1;
    if (in_ready && at < {count}) at <= at + 1;
    if (answer_valid) begin
      answered <= answered + 1;
      if (answered >= {words} || answer_word !== answers[answered] || answer_last !== ((answered + 1) % {size} == 0)) begin
        faults = faults + 1;
        $display("answers differ in word %0d: %h", answered, answer_word);
      end
      if (answer_last) $display("answer %0d in cycle %0d", answered / {size}, cycle);
{timed}    end
{compared}
  end
endmodule
"""

_TIMED = """\
      if (answer_last && answered / {size} < {samples} && cycle != due[answered / {size}]) begin
        faults = faults + 1;
        $display("answers differ in time: number %0d came in cycle %0d, not in cycle %0d", answered / {size}, cycle,
                 due[answered / {size}]);
      end
"""

_COMPARED = """\
    if (core.e{n}_valid && core.e{n}_ready) begin
      at{n} <= at{n} + 1;
      if (at{n} >= {count} || (core.e{n}_event !== events{n}[at{n}] && !(core.e{n}_event[0] && events{n}[at{n}] === 1))) begin
        faults = faults + 1;
        $display("population {n} differs in event %0d: %h", at{n}, core.e{n}_event);
      end
    end"""


@dataclass(frozen=True)
class BenchSizes:
    """How many words there are: of the input, of the answers of `samples`, and of what populations send, by number.

    `cycles`: those in which the last word of each answer is due; none where they are not known. `bus`: bits of the load bus, on
    which nothing comes; 0 where there is none.
    """

    samples: int
    stream: int
    answers: int
    events: dict[int, int]
    cycles: tuple[int, ...] = ()
    bus: int = 0


def bench_text(circuit: Circuit, sizes: BenchSizes) -> str:
    """The bench in Verilog-2005."""
    bits = {n: circuit.event_bits(circuit.network.order[n].name) for n in sizes.events}
    files = {n: f"../golden/p{n:02d}_events.mem" for n in sizes.events}
    return _TEXT.format(
        limit=LIMIT,
        loads=f".load_bus({sizes.bus}'d0), " if sizes.bus else "",
        idle=IDLE,
        answer=answer_bits(circuit),
        event=circuit.event_bits(circuit.network.input),
        count=sizes.stream,
        words=sizes.answers,
        samples=sizes.samples,
        size=sizes.answers // sizes.samples,
        timed=_TIMED.format(size=sizes.answers // sizes.samples, samples=sizes.samples) if sizes.cycles else "",
        due="".join(f"\n    due[{n}] = {cycle};" for n, cycle in enumerate(sizes.cycles)),
        declared="\n".join(
            f"  reg [{bits[n]}-1:0] events{n}[0:{count}-1]; integer at{n} = 0;" for n, count in sizes.events.items()
        ),
        loaded="\n".join(f'    $readmemh("{files[n]}", events{n});' for n in sizes.events),
        complete="".join(f" && at{n} == {count}" for n, count in sizes.events.items()),
        moves="".join(f" || core.e{n}_valid" for n in sizes.events),
        compared="\n".join(_COMPARED.format(n=n, count=count) for n, count in sizes.events.items()),
    )
