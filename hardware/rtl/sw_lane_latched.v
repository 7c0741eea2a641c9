// One spike at the first crossing; what has arrived flows on as a current in every later step. So the word is that current with
// the drive, and the memo holds V, and above it whether the spike is out: V is 0 and stays so then. LATE is 1.
module sw_lane_latched #(
    parameter WORD = 17,
    parameter POTENTIAL = 16,
    parameter THRESHOLD = 16
) (
    input                             clk,
    input                             sweeps,  // see sw_lane
    input signed           [WORD-1:0] word3,
    input signed      [THRESHOLD-1:0] threshold3,
    input               [POTENTIAL:0] memo3,
    output reg                        number4,
    output              [POTENTIAL:0] memo4,
    output signed     [POTENTIAL-1:0] left4,
    output reg signed      [WORD-1:0] current4  // the word, as it was
);
  localparam signed [WORD:0] TOP = {{(WORD - POTENTIAL + 2) {1'b0}}, {(POTENTIAL - 1) {1'b1}}};
  localparam signed [WORD:0] BOTTOM = ~TOP;

  wire signed [POTENTIAL-1:0] v3 = memo3[POTENTIAL-1:0];
  reg signed [WORD:0] sum;              // of cycle 4, as all of these
  reg signed [WORD-1:0] current;
  reg signed [THRESHOLD-1:0] threshold;
  reg over, over4;
  reg signed [POTENTIAL-1:0] potential4;

  always @(posedge clk) if (sweeps) begin
    sum <= word3 + v3;
    current <= word3;
    threshold <= threshold3;
    over <= memo3[POTENTIAL];
    potential4 <= sum > TOP ? TOP[POTENTIAL-1:0] : sum < BOTTOM ? BOTTOM[POTENTIAL-1:0] : sum[POTENTIAL-1:0];
    number4 <= sum >= threshold && !over;
    over4 <= over;
    current4 <= current;
  end

  assign left4 = number4 || over4 ? {POTENTIAL{1'b0}} : potential4;
  assign memo4 = {number4 || over4, left4};
endmodule
