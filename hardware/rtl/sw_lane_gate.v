// Max pooling of spikes: sends what the largest count of the window is ahead of what has been sent, at most LIMIT either way.
// The word is that count, OFFSET higher where counts may be below zero (0: nothing has arrived); `sent` is two's complement.
module sw_lane_gate #(
    parameter WORD = 8,
    parameter POTENTIAL = 7,
    parameter SENT = 7,       // bits of what has been sent
    parameter NUMBER = 1,
    parameter LIMIT = 0,      // 0: none
    parameter OFFSET = 0,
    parameter FRESH = 0       // counts come anew in each step
) (
    input                         clk,
    input                         sweeps,  // see sw_lane
    input signed       [WORD-1:0] word3,
    input signed       [SENT-1:0] sent3,
    input signed  [POTENTIAL-1:0] potential4,
    output           [NUMBER-1:0] number4,
    output signed      [SENT-1:0] sent4,
    output signed [POTENTIAL-1:0] left4
);
  localparam signed [WORD-1:0] ZERO = OFFSET;
  localparam signed [WORD:0] MOST = LIMIT;
  localparam signed [WORD:0] LEAST = -MOST;

  wire signed [WORD-1:0] largest3 = word3 == 0 ? {WORD{1'b0}} : word3 - ZERO;
  reg signed [WORD:0] ahead4;
  reg signed [SENT-1:0] before4;
  always @(posedge clk) if (sweeps) begin
    ahead4 <= largest3 - sent3;
    before4 <= sent3;
  end

  wire signed [WORD:0] now4 = LIMIT == 0 ? ahead4 : ahead4 > MOST ? MOST : ahead4 < LEAST ? LEAST : ahead4;
  assign number4 = now4[NUMBER-1:0];
  assign sent4 = before4 + now4;
  assign left4 = FRESH ? {POTENTIAL{1'b0}} : potential4;
endmodule
