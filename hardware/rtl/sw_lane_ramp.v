// Time to first spike, once: the slots that are left, (2 V + SLOT) / (2 SLOT) rounded down, from 0 to LIMIT. LATE is 1 where
// SLOT is a power of two, so that a shift divides; else it is 1 and the bits of LIMIT. V is not kept.
module sw_lane_ramp #(
    parameter POTENTIAL = 16,
    parameter NUMBER = 4,     // bits of LIMIT
    parameter LIMIT = 15,
    parameter SLOT = 8,       // the charge of a slot
    parameter SHIFT = 3       // log2 of SLOT; -1: SLOT is no power of two
) (
    input                        clk,
    input                        sweeps,  // see sw_lane
    input signed [POTENTIAL-1:0] potential4,
    output          [NUMBER-1:0] number4
);
  localparam W = POTENTIAL + 2;
  localparam signed [W-1:0] HALF = SLOT;
  localparam signed [W-1:0] MOST = LIMIT;
  wire signed [W-1:0] doubled4 = (potential4 <<< 1) + HALF;

  generate
    if (SHIFT >= 0) begin : shifted
      wire signed [W-1:0] slots4 = doubled4 >>> (SHIFT + 1);
      reg [NUMBER-1:0] number5;
      always @(posedge clk)
        if (sweeps) number5 <= slots4[W-1] ? {NUMBER{1'b0}} : slots4 > MOST ? MOST[NUMBER-1:0] : slots4[NUMBER-1:0];
      assign number4 = number5;
    end else begin : divided
      reg signed [W-1:0] doubled5;
      wire signed [W-1:0] unused;
      localparam signed [W-1:0] WHOLE = HALF + HALF;
      always @(posedge clk) if (sweeps) doubled5 <= doubled4;
      sw_quotient #(.DIVIDEND(W), .DIVISOR(W), .LIMIT(LIMIT), .BITS(NUMBER)) slots (
          .clk(clk), .moves(sweeps), .dividend(doubled5), .divisor(WHOLE), .quotient(number4), .left(unused));
    end
  endgenerate
endmodule
