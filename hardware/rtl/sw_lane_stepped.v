// Thresholds of each step: one spike where the potential has reached the threshold of the step, and then V is less by the reset
// of the step, or zero. Both may lie beyond what a potential can be, and V after a reset too. LATE is 1.
module sw_lane_stepped #(
    parameter POTENTIAL = 16,
    parameter THRESHOLD = 16,
    parameter RESET_ZERO = 0
) (
    input                             clk,
    input                             sweeps,  // see sw_lane
    input signed      [THRESHOLD-1:0] threshold3,
    input signed      [THRESHOLD-1:0] reset3,
    input signed      [POTENTIAL-1:0] potential4,
    output reg                        number4,
    output reg signed [POTENTIAL-1:0] left4
);
  reg signed [THRESHOLD-1:0] threshold, reset;
  wire fires = potential4 >= threshold;
  wire signed [POTENTIAL-1:0] less = potential4 - reset;

  always @(posedge clk) if (sweeps) begin
    threshold <= threshold3;
    reset <= reset3;
    number4 <= fires;
    left4 <= !fires ? potential4 : RESET_ZERO ? {POTENTIAL{1'b0}} : less;
  end
endmodule
