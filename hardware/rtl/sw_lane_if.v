// Integrate and fire: one spike where the potential has reached its threshold; then V is less by that, or zero.
module sw_lane_if #(
    parameter WORD = 17,
    parameter POTENTIAL = 16,
    parameter THRESHOLD = 16,
    parameter RESET_ZERO = 0
) (
    input                             clk,
    input                             sweeps,  // see sw_lane
    input signed           [WORD-1:0] word3,
    input signed      [THRESHOLD-1:0] threshold3,
    input signed      [POTENTIAL-1:0] potential4,
    output reg                        number4,
    output signed     [POTENTIAL-1:0] left4
);
  reg signed [THRESHOLD-1:0] threshold4;
  wire signed [POTENTIAL-1:0] less4 = potential4 - threshold4;

  always @(posedge clk) if (sweeps) begin
    number4 <= word3 >= threshold3;
    threshold4 <= threshold3;
  end

  assign left4 = !number4 ? potential4 : RESET_ZERO ? {POTENTIAL{1'b0}} : less4;
endmodule
