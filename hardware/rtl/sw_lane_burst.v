// Up to LIMIT spikes a step: as many thresholds as the potential holds are taken off it. LATE is the bits of LIMIT.
module sw_lane_burst #(
    parameter POTENTIAL = 16,
    parameter THRESHOLD = 16,
    parameter NUMBER = 2,     // bits of LIMIT
    parameter LIMIT = 3
) (
    input                         clk,
    input                         sweeps,  // see sw_lane
    input signed  [THRESHOLD-1:0] threshold3,
    input signed  [POTENTIAL-1:0] potential4,
    output           [NUMBER-1:0] number4,
    output signed [POTENTIAL-1:0] left4
);
  reg signed [THRESHOLD-1:0] threshold4;
  always @(posedge clk) if (sweeps) threshold4 <= threshold3;

  sw_quotient #(.DIVIDEND(POTENTIAL), .DIVISOR(THRESHOLD), .LIMIT(LIMIT), .BITS(NUMBER)) spikes (
      .clk(clk), .moves(sweeps), .dividend(potential4), .divisor(threshold4), .quotient(number4), .left(left4));
endmodule
