// Integrate and fire that is deaf for DEAF steps after a spike: then it does not fire, and V stays as it was. The memo holds
// the steps that it is deaf for still, lowest, and above them V, unless a spike resets that to zero.
module sw_lane_deaf #(
    parameter WORD = 17,
    parameter POTENTIAL = 16,
    parameter THRESHOLD = 16,
    parameter RESET_ZERO = 0,
    parameter DEAF = 1,
    parameter MEMO = 17
) (
    input                         clk,
    input                         sweeps,  // see sw_lane
    input signed       [WORD-1:0] word3,
    input signed  [THRESHOLD-1:0] threshold3,
    input              [MEMO-1:0] memo3,
    input signed  [POTENTIAL-1:0] potential4,
    output reg                    number4,
    output             [MEMO-1:0] memo4,
    output signed [POTENTIAL-1:0] left4
);
  localparam STEPS = RESET_ZERO ? MEMO : MEMO - POTENTIAL;  // bits of the steps
  reg signed [THRESHOLD-1:0] threshold4;
  reg [MEMO-1:0] before4;
  wire signed [POTENTIAL-1:0] less4 = potential4 - threshold4;
  wire [STEPS-1:0] steps4 = before4[STEPS-1:0];
  wire [STEPS-1:0] next4 = number4 ? DEAF : steps4 == 0 ? {STEPS{1'b0}} : steps4 - 1'b1;

  always @(posedge clk) if (sweeps) begin
    number4 <= word3 >= threshold3 && memo3[STEPS-1:0] == 0;
    threshold4 <= threshold3;
    before4 <= memo3;
  end

  generate
    if (RESET_ZERO) begin : to_zero
      assign left4 = number4 || steps4 != 0 ? {POTENTIAL{1'b0}} : potential4;
      assign memo4 = next4;
    end else begin : by_subtraction
      assign left4 = steps4 != 0 ? before4[MEMO-1:STEPS] : number4 ? less4 : potential4;
      assign memo4 = {left4, next4};
    end
  endgenerate
endmodule
