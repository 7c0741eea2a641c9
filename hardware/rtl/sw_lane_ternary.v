// Spikes of both signs: +1 where the potential has reached its threshold, -1 where it is at or below minus `negative`.
// number4 is two's complement.
module sw_lane_ternary #(
    parameter WORD = 17,
    parameter POTENTIAL = 16,
    parameter THRESHOLD = 16
) (
    input                         clk,
    input                         sweeps,  // see sw_lane
    input signed       [WORD-1:0] word3,
    input signed  [THRESHOLD-1:0] threshold3,
    input signed  [THRESHOLD-1:0] negative3,
    input signed  [POTENTIAL-1:0] potential4,
    output                  [1:0] number4,
    output signed [POTENTIAL-1:0] left4
);
  wire signed [THRESHOLD-1:0] lowest3 = -negative3;
  reg up4, down4;
  reg signed [THRESHOLD-1:0] threshold4, negative4;
  wire signed [POTENTIAL-1:0] less4 = potential4 - threshold4;
  wire signed [POTENTIAL-1:0] more4 = potential4 + negative4;

  always @(posedge clk) if (sweeps) begin
    up4 <= word3 >= threshold3;
    down4 <= word3 <= lowest3;
    threshold4 <= threshold3;
    negative4 <= negative3;
  end

  assign number4 = {down4, up4 || down4};
  assign left4 = up4 ? less4 : down4 ? more4 : potential4;
endmodule
