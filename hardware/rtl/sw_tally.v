// The logits of an output that fires, from its events, one a cycle:
//   FIRST 0: the sum of what each neuron sent.
//   FIRST 1: the steps s up to now in which a neuron had fired, in s or before: who fired first has the most; 0: it never did.
//
// An event is taken whenever `step_done` and `clearing` are low, and counted in the cycle after. The token of a step makes
// `step_done` high from the next cycle on, until the one in which `taken` is high. See sw_decide for `fetch` and `clear`; what is
// fetched is set to nothing one cycle later.
module sw_tally #(
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter VALUE = 1,      // bits of the number of an event
    parameter TIMES = 0,      // what an event counts, as in sw_taps
    parameter FIRST = 0,
    parameter LOGIT = 8       // bits of a logit, with a sign
) (
    input clk,
    input rst,

    input              event_valid,
    output             event_ready,
    input              event_token,
    input [C_BITS-1:0] event_c,
    input [Y_BITS-1:0] event_y,
    input [X_BITS-1:0] event_x,
    input [ VALUE-1:0] event_value,

    output reg step_done,
    input      taken,
    input      ends,       // `taken` ends an inference

    input                         clearing,
    input                         fetch,
    input                         clear,
    input            [C_BITS-1:0] c,
    input            [Y_BITS-1:0] y,
    input            [X_BITS-1:0] x,
    output reg signed [LOGIT-1:0] logit
);
  localparam BITS = C_BITS + Y_BITS + X_BITS;

  (* ram_style = "distributed" *) reg [LOGIT-1:0] kept[0:(1<<BITS)-1];
  reg [LOGIT-1:0] step;  // FIRST: number of the step at hand, from 1; 0 is kept of who has not fired

  wire takes = event_valid && event_ready;
  assign event_ready = !step_done && !clearing;

  reg adds1, clears1;
  reg [BITS-1:0] place1;       // of the event, or of what was fetched
  reg [VALUE-1:0] value1;
  wire [LOGIT-1:0] before1 = kept[place1];
  wire [LOGIT-1:0] looked = kept[{c, y, x}];
  reg signed [LOGIT-1:0] more, next;

  always @* begin
    if (TIMES == 3) more = $signed(value1);
    else if (TIMES == 2) more = $signed({1'b0, value1});
    else if (TIMES == 1 && value1[0]) more = -1;
    else more = 1;
    if (clears1) next = 0;
    else if (FIRST) next = before1 == 0 ? step : before1;
    else next = before1 + more;
  end

  always @(posedge clk) begin
    adds1 <= takes && !event_token;
    clears1 <= fetch && clear;
    place1 <= clearing || step_done ? {c, y, x} : {event_c, event_y, event_x};
    value1 <= event_value;
    if (adds1 || clears1) kept[place1] <= next;
    if (fetch) logit <= FIRST && looked != 0 ? step + 1'b1 - looked : looked;
    if (rst) begin
      step_done <= 1'b0;
      step <= 1;
    end else if (taken) begin
      step_done <= 1'b0;
      step <= ends ? 1 : step + 1'b1;
    end else if (takes && event_token) step_done <= 1'b1;
  end
endmodule
