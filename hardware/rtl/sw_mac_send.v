// The sums of a block become values, one a cycle through one requantiser, and are sent with their addresses; lanes beyond the
// edge of the map take no time. Behind the last value of an image goes a token.
//
//   V = sat(sum + bias)        LEVELS > 0: y = min(max((2 V multiplier + 2**SHIFT) >> (SHIFT + 1), 0), LEVELS), else y = V
//
// V is first kept within 0 and 2**KEPT - 1, which changes no y: so many bits are multiplied. Bias and multiplier come out of a
// memory: one word, one for each channel, or one for each value in the order in which they are sent (CONSTANTS 0, 1, 2).
//
//   cycle 0  a lane is chosen   1  its sum and its constants   2  V   3  V within its bounds   4, 5  product   6  out
//   all wait while the value in cycle 6 is not taken
module sw_mac_send #(
    parameter CHANNELS = 1,
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter C_SIZE = 1,         // the map
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter L_BITS = 1,         // of a lane along each axis
    parameter LY_BITS = 1,
    parameter LX_BITS = 1,
    parameter SUM = 20,           // bits of sum + bias
    parameter WIDTH = 16,         // bits of V
    parameter BIAS = 8,           // bits of a bias, with a sign
    parameter MULTIPLIER = 1,     // bits of a multiplier, without one
    parameter SHIFT = 0,
    parameter LEVELS = 0,
    parameter KEPT = 8,
    parameter VALUE = 8,          // bits of what is sent
    parameter CONSTANTS = 0,
    parameter DEPTH = 1,
    parameter K_BITS = 1,
    parameter K_FILE = ""         // {multiplier, bias}
) (
    input clk,
    input rst,

    input                                    in_valid,
    output                                   in_ready,
    input [CHANNELS*BANKS_Y*BANKS_X*SUM-1:0] in_sums,

    output                   out_valid,
    input                    out_ready,
    output                   out_token,
    output reg  [C_BITS-1:0] out_c,
    output reg  [Y_BITS-1:0] out_y,
    output reg  [X_BITS-1:0] out_x,
    output reg   [VALUE-1:0] out_value
);
  localparam P = CHANNELS * BANKS_Y * BANKS_X;
  localparam PRODUCT = KEPT + MULTIPLIER;
  localparam ROUNDED = (PRODUCT > SHIFT ? PRODUCT : SHIFT) + 2;
  localparam signed [WIDTH-1:0] TOP = {1'b0, {(WIDTH - 1) {1'b1}}};
  localparam signed [WIDTH-1:0] BOTTOM = {1'b1, {(WIDTH - 1) {1'b0}}};

  wire move = !out_valid || out_ready;

  // ---- cycle 0: the lane, and where it is; (c, y, x) count on from the first lane of the block, (c0, y0, x0) ----
  reg [L_BITS-1:0] lane;
  reg [LY_BITS-1:0] lane_y;
  reg [LX_BITS-1:0] lane_x;
  reg [C_BITS-1:0] c, c0;
  reg [Y_BITS-1:0] y, y0;
  reg [X_BITS-1:0] x, x0;
  reg [K_BITS-1:0] number;
  reg ended;                      // all values of an image are on their way: the token is next
  wire edge_c = c == C_SIZE - 1;
  wire edge_y = y == Y_SIZE - 1;
  wire edge_x = x == X_SIZE - 1;
  wire last_c = lane == CHANNELS - 1 || edge_c;
  wire last_x = lane_x == BANKS_X - 1 || edge_x;
  wire last_y = lane_y == BANKS_Y - 1 || edge_y;
  wire last = last_c && last_x && last_y;
  wire goes = move && in_valid && !ended;
  assign in_ready = goes && last;

  always @(posedge clk) begin
    if (rst) begin
      lane <= {L_BITS{1'b0}};
      lane_y <= {LY_BITS{1'b0}};
      lane_x <= {LX_BITS{1'b0}};
      {c, c0} <= {(2 * C_BITS) {1'b0}};
      {y, y0} <= {(2 * Y_BITS) {1'b0}};
      {x, x0} <= {(2 * X_BITS) {1'b0}};
      number <= {K_BITS{1'b0}};
      ended <= 1'b0;
    end else if (move && ended) ended <= 1'b0;
    else if (goes) begin
      number <= last && edge_c && edge_x && edge_y ? {K_BITS{1'b0}} : number + 1'b1;
      lane   <= last_c ? {L_BITS{1'b0}} : lane + 1'b1;
      if (last_c) lane_x <= last_x ? {LX_BITS{1'b0}} : lane_x + 1'b1;
      if (last_c && last_x) lane_y <= last_y ? {LY_BITS{1'b0}} : lane_y + 1'b1;
      c <= !last_c ? c + 1'b1 : !last ? c0 : edge_c ? {C_BITS{1'b0}} : c + 1'b1;
      if (last_c) x <= !last_x ? x + 1'b1 : !last || !edge_c ? x0 : edge_x ? {X_BITS{1'b0}} : x + 1'b1;
      if (last_c && last_x) y <= !last_y ? y + 1'b1 : !edge_c || !edge_x ? y0 : edge_y ? {Y_BITS{1'b0}} : y + 1'b1;
      if (last) begin
        c0 <= edge_c ? {C_BITS{1'b0}} : c + 1'b1;
        if (edge_c) x0 <= edge_x ? {X_BITS{1'b0}} : x + 1'b1;
        if (edge_c && edge_x) y0 <= edge_y ? {Y_BITS{1'b0}} : y + 1'b1;
        ended <= edge_c && edge_x && edge_y;
      end
    end
  end

  // ---- the sum of the lane, and its constants ----
  reg signed [SUM-1:0] chosen, sum1;
  wire [MULTIPLIER+BIAS-1:0] constants1;
  wire [K_BITS-1:0] constant = CONSTANTS == 0 ? {K_BITS{1'b0}} : CONSTANTS == 1 ? c[K_BITS-1:0] : number;
  integer n;
  always @* begin
    chosen = in_sums[SUM-1:0];
    for (n = 1; n < P; n = n + 1)
      if (lane == n % CHANNELS && lane_x == n / CHANNELS % BANKS_X && lane_y == n / CHANNELS / BANKS_X)
        chosen = in_sums[n*SUM+:SUM];
  end
  sw_rom #(.WIDTH(MULTIPLIER + BIAS), .DEPTH(DEPTH), .BITS(K_BITS), .FILE(K_FILE)) constants_rom (
      .clk(clk), .enable(move), .address(constant), .word(constants1),
      .load(1'b0), .load_address({K_BITS{1'b0}}), .load_word({(MULTIPLIER + BIAS) {1'b0}}));

  // ---- what goes with a value ----
  localparam TAG = 1 + C_BITS + Y_BITS + X_BITS;
  reg [6:1] valid;
  reg [TAG-1:0] tag1, tag2, tag3, tag4, tag5;
  reg token6;
  assign out_valid = valid[6];
  assign out_token = token6;
  always @(posedge clk) begin
    if (rst) valid <= 6'd0;
    else if (move) valid <= {valid[5:1], goes || ended};
    if (move) begin
      tag1 <= {ended, c, y, x};
      {tag2, tag3, tag4, tag5} <= {tag1, tag2, tag3, tag4};
      {token6, out_c, out_y, out_x} <= tag5;
    end
  end

  // ---- V, and the requantiser ----
  wire signed [BIAS-1:0] bias1 = constants1[BIAS-1:0];
  wire signed [SUM-1:0] whole1 = sum1 + bias1;
  reg signed [WIDTH-1:0] potential2;
  reg [MULTIPLIER-1:0] multiplier2;
  generate
    if (SUM > WIDTH) begin : saturates
      wire signed [SUM-1:0] top = TOP;
      wire signed [SUM-1:0] bottom = BOTTOM;
      always @(posedge clk)
        if (move) potential2 <= whole1 > top ? TOP : whole1 < bottom ? BOTTOM : whole1[WIDTH-1:0];
    end else begin : fits
      always @(posedge clk) if (move) potential2 <= whole1;
    end
    if (LEVELS > 0) begin : requantised
      localparam [KEPT-1:0] MOST = {KEPT{1'b1}};
      wire negative2 = potential2[WIDTH-1];
      reg [KEPT-1:0] kept3;
      if (WIDTH - 1 > KEPT) begin : bounded
        wire beyond2 = |potential2[WIDTH-2:KEPT];
        always @(posedge clk)
          if (move) kept3 <= negative2 ? {KEPT{1'b0}} : beyond2 ? MOST : potential2[KEPT-1:0];
      end else begin : whole
        always @(posedge clk) if (move) kept3 <= negative2 ? {KEPT{1'b0}} : potential2[KEPT-1:0];
      end
      reg [MULTIPLIER-1:0] multiplier3;
      reg [PRODUCT-1:0] product4, product5;
      wire [ROUNDED-1:0] doubled5 = {product5, 1'b0};
      wire [ROUNDED-1:0] rounded5 = doubled5 + ({{(ROUNDED - 1) {1'b0}}, 1'b1} << SHIFT);
      wire [ROUNDED-1:0] level5 = rounded5 >> (SHIFT + 1);
      always @(posedge clk)
        if (move) begin
          multiplier3 <= multiplier2;
          product4 <= kept3 * multiplier3;
          product5 <= product4;
          out_value <= level5 > LEVELS ? LEVELS[VALUE-1:0] : level5[VALUE-1:0];
        end
    end else begin : passed_on
      reg [VALUE-1:0] value3, value4, value5;
      wire signed [VALUE-1:0] value2 = potential2;
      always @(posedge clk) if (move) {value3, value4, value5, out_value} <= {value2, value3, value4, value5};
    end
  endgenerate
  always @(posedge clk)
    if (move) begin
      sum1 <= goes ? chosen : {SUM{1'b0}};
      multiplier2 <= constants1[BIAS+:MULTIPLIER];
    end
endmodule
