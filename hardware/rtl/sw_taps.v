// One row of weights becomes what each of the P lanes adds: turned to the banks it belongs to, then times the number that the
// event carries. Takes two cycles; `none` comes with the second. Lane (by, bx, cl) is number (by BANKS_X + bx) CHANNELS + cl; a
// row of weights is in that order too, with the taps (dy, dx) in the place of the banks, or, with ONE_CHANNEL, a single channel
// of it.
module sw_taps #(
    parameter CHANNELS = 1,     // channel lanes
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter WEIGHT = 8,       // bits of a weight, with a sign
    parameter VALUE = 1,        // bits of the number of an event
    parameter TIMES = 0,        // an event counts 0: one; 1: plus one, or minus one if value is 1; 2: its value; 3: with a sign
    parameter TAP = 8,          // bits of what a lane adds, with a sign
    parameter SHIFT = 0,        // what a lane adds is moved up by so many bits
    parameter ONE_CHANNEL = 0,  // an event reaches one channel, `lane`
    parameter ROW = 8,          // bits of a row of weights
    parameter LANE_BITS = 1,
    parameter OY_BITS = 1,
    parameter OX_BITS = 1
) (
    input                                         clk,
    input                                         none,   // nothing is added: one cycle behind the rest
    input                               [ROW-1:0] row,
    input                         [LANE_BITS-1:0] lane,
    input                           [OY_BITS-1:0] oy,
    input                           [OX_BITS-1:0] ox,
    input                             [VALUE-1:0] value,
    output reg [CHANNELS*BANKS_Y*BANKS_X*TAP-1:0] taps
);
  localparam P = CHANNELS * BANKS_Y * BANKS_X;
  localparam HELD = ONE_CHANNEL ? 1 : CHANNELS;

  wire [ROW-1:0] next_turned;
  reg [ROW-1:0] turned;
  reg [LANE_BITS-1:0] turned_lane;
  reg [VALUE-1:0] turned_value;
  reg signed [WEIGHT-1:0] weight;
  reg signed [TAP-1:0] product;
  reg [P*TAP-1:0] next;
  integer c, n;

  sw_turn #(.BANKS_Y(BANKS_Y), .BANKS_X(BANKS_X), .TILE(HELD * WEIGHT), .OY_BITS(OY_BITS), .OX_BITS(OX_BITS)) turn (
      .in(row), .oy(oy), .ox(ox), .out(next_turned));

  always @* begin
    next = {P * TAP{1'b0}};
    for (n = 0; n < BANKS_Y * BANKS_X; n = n + 1)
      for (c = 0; c < CHANNELS; c = c + 1) begin
        weight = turned[(n*HELD+(ONE_CHANNEL?0:c))*WEIGHT+:WEIGHT];
        if (ONE_CHANNEL && turned_lane != c) weight = {WEIGHT{1'b0}};
        if (TIMES == 3) product = weight * $signed(turned_value);
        else if (TIMES == 2) product = weight * $signed({1'b0, turned_value});
        else if (TIMES == 1 && turned_value[0]) product = -weight;
        else product = weight;
        next[(n*CHANNELS+c)*TAP+:TAP] = product <<< SHIFT;
      end
  end

  always @(posedge clk) begin
    turned <= next_turned;
    turned_lane <= lane;
    turned_value <= value;
    taps <= none ? {P * TAP{1'b0}} : next;
  end
endmodule
