// Integrate and fire that takes spikes back: +1 at the threshold while fewer than LIMIT are out, -1 below zero while some are.
// `count` is how many are out; number4 is two's complement.
module sw_lane_signed #(
    parameter WORD = 17,
    parameter POTENTIAL = 16,
    parameter THRESHOLD = 16,
    parameter COUNT = 4,   // bits of a count
    parameter LIMIT = 0    // 0: none
) (
    input                         clk,
    input                         sweeps,  // see sw_lane
    input signed       [WORD-1:0] word3,
    input signed  [THRESHOLD-1:0] threshold3,
    input             [COUNT-1:0] count3,
    input signed  [POTENTIAL-1:0] potential4,
    output                  [1:0] number4,
    output reg        [COUNT-1:0] count4,
    output signed [POTENTIAL-1:0] left4
);
  wire up3 = word3 >= threshold3 && (LIMIT == 0 || count3 != LIMIT);
  wire down3 = !up3 && word3[WORD-1] && count3 != 0;
  reg up4, down4;
  reg signed [THRESHOLD-1:0] threshold4;
  wire signed [POTENTIAL-1:0] less4 = potential4 - threshold4;
  wire signed [POTENTIAL-1:0] more4 = potential4 + threshold4;

  always @(posedge clk) if (sweeps) begin
    up4 <= up3;
    down4 <= down3;
    threshold4 <= threshold3;
    count4 <= up3 ? count3 + 1'b1 : down3 ? count3 - 1'b1 : count3;
  end

  assign number4 = {down4, up4 || down4};
  assign left4 = up4 ? less4 : down4 ? more4 : potential4;
endmodule
