// What a projection brings to the lanes of a layer in each step: a value for each position and a weight for each channel. Two
// tables, by the row and by the column of a tap, say where the values of all position lanes lie in the banks of the buffer:
//
//   an entry {tap, valid of each lane, bank of each lane, address of each bank}; the weights lie at the sum of walk and taps
//
//   cycle 0  `step`      cycle 2  the walk has its places    cycle 3  the tables are read    cycle 4  addresses
//   cycle 5  values and weights are read      cycle 6  they lie in registers      cycle 7  those of each lane; else zeros
//
// ONE: channel lane c of a block reads channel c of it, so values lie in a bank for each channel lane; without it all channel
// lanes read the same values. WEIGHED 0: values are compared, there are no weights. CODE: rows hold codes of so many bits, whose
// weights are looked up in cycle 6.
module sw_mac_source #(
    parameter ONE = 0,
    parameter WEIGHED = 1,
    parameter CHANNELS = 1,
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter BY_BITS = 1,        // of the number of a bank along an axis
    parameter BX_BITS = 1,
    parameter VALUE = 8,          // bits of a value, and of what the layer takes for one
    parameter WIDE = 8,
    parameter WEIGHT = 8,
    parameter WIDE_WEIGHT = 8,
    parameter A_BITS = 1,
    parameter W_BITS = 1,
    parameter T_BITS = 1,
    parameter U_BITS = 1,
    parameter ROWS = 1,           // entries of the tables, and rows of weights
    parameter COLUMNS = 1,
    parameter DEPTH = 1,
    parameter HALF = 1,
    parameter CODE = 0,
    parameter ENTRIES = 1,        // of the table of codes
    parameter MEMORY = 0,         // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter T_FILE = "",
    parameter U_FILE = "",
    parameter W_FILE = "",
    parameter W_COLUMN = 0,       // see sw_rom
    parameter TABLE_FILE = ""
) (
    input clk,
    input rst,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,

    input              reading,   // the half that the step of cycle 0 reads
    input              live2,
    input [T_BITS-1:0] row2,
    input [U_BITS-1:0] column2,
    input [A_BITS-1:0] values2,
    input [W_BITS-1:0] weights2,

    output reg [BANKS_Y*BANKS_X*A_BITS-1:0] address4,
    input [BANKS_Y*BANKS_X*(ONE?CHANNELS:1)*VALUE-1:0] words5,

    output [CHANNELS*BANKS_Y*BANKS_X*WIDE-1:0] values7,
    output       [CHANNELS*WIDE_WEIGHT-1:0] weights7
);
  localparam HELD = ONE ? CHANNELS : 1;
  localparam Y_WIDTH = BANKS_Y * (A_BITS + BY_BITS + 1) + W_BITS;
  localparam X_WIDTH = BANKS_X * (A_BITS + BX_BITS + 1) + W_BITS;

  // ---- where the values and the weights are ----
  wire [Y_WIDTH-1:0] row3;
  wire [X_WIDTH-1:0] column3;
  sw_memory #(.WIDTH(Y_WIDTH), .DEPTH(ROWS), .BITS(T_BITS), .FILE(T_FILE),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_y (
      .clk(clk), .enable(1'b1), .address(row2), .word(row3), .load(load));
  sw_memory #(.WIDTH(X_WIDTH), .DEPTH(COLUMNS), .BITS(U_BITS), .FILE(U_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 1), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_x (
      .clk(clk), .enable(1'b1), .address(column2), .word(column3), .load(load));

  reg half1, half2, live3, live4, live5, live6;
  reg [A_BITS-1:0] values3;
  reg [W_BITS-1:0] weights3, weights4;
  reg [BANKS_Y*(BY_BITS+1)-1:0] row4, row5, row6;  // {valid of each lane, bank of each lane}
  reg [BANKS_X*(BX_BITS+1)-1:0] column4, column5, column6;
  integer y, x;
  always @(posedge clk) begin
    {half1, half2} <= {reading, half1};
    {live3, live4, live5, live6} <= rst ? 4'b0000 : {live2, live3, live4, live5};
    values3 <= values2 + (half2 ? HALF[A_BITS-1:0] : {A_BITS{1'b0}});
    weights3 <= weights2;
    weights4 <= weights3 + row3[Y_WIDTH-1-:W_BITS] + column3[X_WIDTH-1-:W_BITS];
    row4 <= row3[BANKS_Y*A_BITS+:BANKS_Y*(BY_BITS+1)];
    column4 <= column3[BANKS_X*A_BITS+:BANKS_X*(BX_BITS+1)];
    {row5, row6} <= {row4, row5};
    {column5, column6} <= {column4, column5};
    for (y = 0; y < BANKS_Y; y = y + 1)
      for (x = 0; x < BANKS_X; x = x + 1)
        address4[(y*BANKS_X+x)*A_BITS+:A_BITS] <= values3 + row3[y*A_BITS+:A_BITS] + column3[x*A_BITS+:A_BITS];
  end

  // ---- the banks' values go to the lanes that want them: rows first ----
  reg [BANKS_Y*BANKS_X*HELD*VALUE-1:0] words6, rows6, next6, held7;
  integer ly, lx, b;
  always @* begin
    rows6 = {BANKS_Y * BANKS_X * HELD * VALUE{1'b0}};
    for (ly = 0; ly < BANKS_Y; ly = ly + 1)
      for (b = 0; b < BANKS_Y; b = b + 1)
        if (row6[ly*BY_BITS+:BY_BITS] == b)
          rows6[ly*BANKS_X*HELD*VALUE+:BANKS_X*HELD*VALUE] = words6[b*BANKS_X*HELD*VALUE+:BANKS_X*HELD*VALUE];
    next6 = {BANKS_Y * BANKS_X * HELD * VALUE{1'b0}};
    for (ly = 0; ly < BANKS_Y; ly = ly + 1)
      for (lx = 0; lx < BANKS_X; lx = lx + 1)
        for (b = 0; b < BANKS_X; b = b + 1)
          if (column6[lx*BX_BITS+:BX_BITS] == b && live6 && row6[BANKS_Y*BY_BITS+ly] && column6[BANKS_X*BX_BITS+lx])
            next6[(ly*BANKS_X+lx)*HELD*VALUE+:HELD*VALUE] = rows6[(ly*BANKS_X+b)*HELD*VALUE+:HELD*VALUE];
  end
  always @(posedge clk) begin
    words6 <= words5;
    held7 <= next6;
  end

  genvar n, c;
  generate
    for (n = 0; n < BANKS_Y * BANKS_X; n = n + 1) begin : position
      for (c = 0; c < CHANNELS; c = c + 1) begin : lane
        wire [WIDE-1:0] value = held7[(n*HELD+(ONE?c:0))*VALUE+:VALUE];
        assign values7[(n*CHANNELS+c)*WIDE+:WIDE] = value;
      end
    end
    if (WEIGHED != 0) begin : weighed
      localparam ROW = CHANNELS * (CODE == 0 ? WEIGHT : CODE);
      wire [ROW-1:0] read5;
      reg [ROW-1:0] read6;
      wire [CHANNELS*WEIGHT-1:0] row6w;
      reg [CHANNELS*WEIGHT-1:0] row7w;
      sw_memory #(.WIDTH(ROW), .DEPTH(DEPTH), .BITS(W_BITS), .FILE(W_FILE), .COLUMN(W_COLUMN),
                  .MEMORY(MEMORY == 0 ? 0 : MEMORY + 2), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) rows (
          .clk(clk), .enable(1'b1), .address(weights4), .word(read5), .load(load));
      if (CODE == 0) assign row6w = read6;
      else
        sw_codebook #(.COUNT(CHANNELS), .CODE(CODE), .WEIGHT(WEIGHT), .ENTRIES(ENTRIES), .FILE(TABLE_FILE),
                      .MEMORY(MEMORY == 0 ? 0 : MEMORY + 3), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) codebook (
            .clk(clk), .load(load), .codes(read6), .weights(row6w));
      always @(posedge clk) begin
        read6 <= read5;
        row7w <= live6 ? row6w : {CHANNELS * WEIGHT{1'b0}};
      end
      for (c = 0; c < CHANNELS; c = c + 1) begin : channel
        wire signed [WEIGHT-1:0] weight = row7w[c*WEIGHT+:WEIGHT];
        wire signed [WIDE_WEIGHT-1:0] extended = weight;
        assign weights7[c*WIDE_WEIGHT+:WIDE_WEIGHT] = extended;
      end
    end else begin : compared
      assign weights7 = {CHANNELS * WIDE_WEIGHT{1'b0}};
    end
  endgenerate
endmodule
