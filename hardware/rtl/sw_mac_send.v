// The sums of a block become values, one a cycle through one requantiser, and are sent with their addresses; lanes beyond the
// edge of the map take no time. Behind the last value of an image goes a token.
//
//   V = sat(sum + bias)        LEVELS > 0: y = min(max((2 V multiplier + 2**SHIFT) >> (SHIFT + 1), 0), LEVELS), else y = V
//
// V is first kept within 0 and 2**KEPT - 1, which changes no y: so many bits are multiplied. Bias and multiplier come out of a
// memory: one word, one for each channel, or one for each value in the order in which they are sent (CONSTANTS 0, 1, 2).
//
//   cycle 0  a lane is chosen   1  a quarter of the sums   2  its sum and its constants   3  sum + bias   4  V
//   cycle 5  V within its bounds   6, 7  product   8  out; all wait while it is not taken
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
    parameter MEMORY = 0,         // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter K_FILE = ""         // {multiplier, bias}
) (
    input clk,
    input rst,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,

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
  localparam LINE = CHANNELS * BANKS_X;
  localparam N_BITS = L_BITS + LY_BITS + LX_BITS + 2;
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
  reg [N_BITS-1:0] number0, place0, row0;  // of the lane, and of the first at its position and in its row
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
      {number0, place0, row0} <= {(3 * N_BITS) {1'b0}};
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
      if (!last_c) number0 <= number0 + 1'b1;
      else if (!last_x) {number0, place0} <= {2{place0 + CHANNELS[N_BITS-1:0]}};
      else if (!last_y) {number0, place0, row0} <= {3{row0 + LINE[N_BITS-1:0]}};
      else {number0, place0, row0} <= {(3 * N_BITS) {1'b0}};
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

  // ---- the sum of the lane in two steps, out of each four, and its constants ----
  localparam QUARTERS = (P + 3) / 4;
  wire [4*QUARTERS*SUM-1:0] padded = in_sums;
  reg [QUARTERS*SUM-1:0] quarters0, quarters1;
  reg [N_BITS-1:0] quarter1;
  reg signed [SUM-1:0] sum1, sum2;
  wire [MULTIPLIER+BIAS-1:0] constants2;
  wire [C_BITS+K_BITS-1:0] channel = c;
  wire [K_BITS-1:0] constant = CONSTANTS == 0 ? {K_BITS{1'b0}} : CONSTANTS == 1 ? channel[K_BITS-1:0] : number;
  reg [K_BITS-1:0] constant1;
  integer n, o;
  always @* begin
    quarters0 = {QUARTERS * SUM{1'b0}};
    for (n = 0; n < QUARTERS; n = n + 1)
      for (o = 0; o < 4; o = o + 1)
        if (number0[1:0] == o) quarters0[n*SUM+:SUM] = padded[(4*n+o)*SUM+:SUM];
    sum1 = {SUM{1'b0}};
    for (n = 0; n < QUARTERS; n = n + 1) if (quarter1 == n) sum1 = quarters1[n*SUM+:SUM];
  end
  always @(posedge clk) if (move) constant1 <= constant;
  sw_memory #(.WIDTH(MULTIPLIER + BIAS), .DEPTH(DEPTH), .BITS(K_BITS), .FILE(K_FILE),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) constants_rom (
      .clk(clk), .enable(move), .address(constant1), .word(constants2), .load(load));

  // ---- what goes with a value ----
  localparam TAG = 1 + C_BITS + Y_BITS + X_BITS;
  reg [8:1] valid;
  reg [TAG-1:0] tag1, tag2, tag3, tag4, tag5, tag6, tag7;
  reg token8;
  assign out_valid = valid[8];
  assign out_token = token8;
  always @(posedge clk) begin
    if (rst) valid <= 8'd0;
    else if (move) valid <= {valid[7:1], goes || ended};
    if (move) begin
      tag1 <= {ended, c, y, x};
      {tag2, tag3, tag4, tag5, tag6, tag7} <= {tag1, tag2, tag3, tag4, tag5, tag6};
      {token8, out_c, out_y, out_x} <= tag7;
    end
  end

  // ---- V, and the requantiser ----
  wire signed [BIAS-1:0] bias2 = constants2[BIAS-1:0];
  reg signed [SUM-1:0] whole3;
  reg signed [WIDTH-1:0] potential4;
  reg [MULTIPLIER-1:0] multiplier3, multiplier4;
  always @(posedge clk)
    if (move) begin
      quarters1 <= quarters0;
      quarter1 <= number0 >> 2;
      sum2 <= valid[1] && !tag1[TAG-1] ? sum1 : {SUM{1'b0}};
      whole3 <= sum2 + bias2;
      multiplier3 <= constants2[BIAS+:MULTIPLIER];
      multiplier4 <= multiplier3;
    end
  generate
    if (SUM > WIDTH) begin : saturates
      wire signed [SUM-1:0] top = TOP;
      wire signed [SUM-1:0] bottom = BOTTOM;
      always @(posedge clk)
        if (move) potential4 <= whole3 > top ? TOP : whole3 < bottom ? BOTTOM : whole3[WIDTH-1:0];
    end else begin : fits
      always @(posedge clk) if (move) potential4 <= whole3;
    end
    if (LEVELS > 0) begin : requantised
      localparam [KEPT-1:0] MOST = {KEPT{1'b1}};
      wire negative4 = potential4[WIDTH-1];
      reg [KEPT-1:0] kept5;
      if (WIDTH - 1 > KEPT) begin : bounded
        wire beyond4 = |potential4[WIDTH-2:KEPT];
        always @(posedge clk)
          if (move) kept5 <= negative4 ? {KEPT{1'b0}} : beyond4 ? MOST : potential4[KEPT-1:0];
      end else begin : whole
        always @(posedge clk) if (move) kept5 <= negative4 ? {KEPT{1'b0}} : potential4[KEPT-1:0];
      end
      reg [MULTIPLIER-1:0] multiplier5;
      reg [PRODUCT-1:0] product6, product7;
      wire [ROUNDED-1:0] doubled7 = {product7, 1'b0};
      wire [ROUNDED-1:0] rounded7 = doubled7 + ({{(ROUNDED - 1) {1'b0}}, 1'b1} << SHIFT);
      wire [ROUNDED-1:0] level7 = rounded7 >> (SHIFT + 1);
      always @(posedge clk)
        if (move) begin
          multiplier5 <= multiplier4;
          product6 <= kept5 * multiplier5;
          product7 <= product6;
          out_value <= level7 > LEVELS ? LEVELS[VALUE-1:0] : level7[VALUE-1:0];
        end
    end else begin : passed_on
      reg [VALUE-1:0] value5, value6, value7;
      wire signed [VALUE-1:0] value4 = potential4;
      always @(posedge clk) if (move) {value5, value6, value7, out_value} <= {value4, value5, value6, value7};
    end
  endgenerate
endmodule
