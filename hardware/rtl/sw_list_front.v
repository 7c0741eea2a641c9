// The events of one projection become passes, one for each row of weights that is stored: rows that are zero in all lanes are
// not. Packed rows (SEAT) say for each of their weights which channel of its lane it is for, its seat. Each row of weights has a
// place: a tile of its chain, and a group. Which rows an event takes is said in one of two ways:
//
//   EACH = 0: the tables by channel, row and column say where it begins and which list it takes, and the list says its first
//             row of weights and how many there are;
//   EACH > 0: each tile has EACH rows, in the order of channels, tile rows and tile columns. The tables say its first row of
//             weights, how many tile rows it reaches, how many rows of weights it takes of each, and how far the next tile
//             row's are from the last of them: rows of tiles that it does not reach take no pass.
//
//   cycle 0  an event is taken              cycle 2  its list is there, or its first row of weights
//   cycle 1  its tables are there           cycle 3  its first pass
//
// Each of the three stages moves on when the next one is free: passes follow each other without a gap, the next event's behind
// them, if that has been taken three cycles before. An event that reaches nothing takes one cycle, a row that lies outside the
// map, too. A token moves like an event; when it would pass, `token` rises instead, and nothing passes until `resume`.
module sw_list_front #(
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter C_SIZE = 1,        // channels, rows and columns of the source
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter VALUE = 1,         // bits of the number that an event carries
    parameter W_BITS = 1,        // of an address of the weights
    parameter S_BITS = 1,        // of an address of a block of potentials, with a sign
    parameter LANE_BITS = 1,     // of the number of a channel lane
    parameter OY_BITS = 1,       // of the place inside a block of banks
    parameter OX_BITS = 1,
    parameter RY_BITS = 2,       // of a row of blocks, with a sign
    parameter RX_BITS = 2,
    parameter CHANNELS = 1,      // lanes, see sw_taps
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter SEAT = 0,          // bits of a seat, 0: rows are not packed
    parameter SEATS = 1,         // of the seats of all lanes, at least 1
    parameter EACH = 0,          // rows of weights of each tile, 0: lists say how many
    parameter TILE_BITS = 1,     // of a count of tile rows, where each has as many
    parameter LISTS = 1,
    parameter LIST_BITS = 1,     // of the number of a list, or of a row of weights where each tile has as many
    parameter COUNT_BITS = 1,    // of how many rows a list has, or an event takes of a tile row
    parameter ROWS = 1,          // of weights
    parameter ROW_BITS = 1,      // of a tile's row, its column and the group in the place of a row of weights
    parameter COLUMN_BITS = 1,
    parameter GROUP_BITS = 1,
    parameter DOWN = 1,          // blocks from a tile to the one below it, and to the one beside it
    parameter ACROSS = 1,
    parameter STRIDE_Y = 1,      // the same in rows of blocks, and in columns of blocks
    parameter STRIDE_X = 1,
    parameter BLOCKS_Y = 1,      // rows and columns of blocks in the map
    parameter BLOCKS_X = 1,
    parameter LOWEST_Y = 0,      // 1: a tile in row -1 reaches into row 0
    parameter LOWEST_X = 0,
    parameter TY_BITS = 2,       // of a row of blocks, with a sign, however far outside the map
    parameter TX_BITS = 2,
    parameter MEMORY = 0,        // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter C_FILE = "",
    parameter Y_FILE = "",
    parameter X_FILE = "",
    parameter LIST_FILE = "",
    parameter LIST_COLUMN = 0,   // see sw_rom
    parameter PLACE_FILE = "",
    parameter PLACE_COLUMN = 0
) (
    input clk,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,
    input rst,

    input               event_valid,
    output              event_ready,
    input               event_token,
    input  [C_BITS-1:0] event_c,
    input  [Y_BITS-1:0] event_y,
    input  [X_BITS-1:0] event_x,
    input  [ VALUE-1:0] event_value,

    output reg token,   // the step has ended
    input      resume,  // the next one begins

    output                     pass_valid,
    input                      pass_ready,
    output                     pass_empty,   // nothing is to be done in this pass
    output        [W_BITS-1:0] pass_weights,
    output signed [S_BITS-1:0] pass_block,
    output reg [LANE_BITS-1:0] pass_lane,
    output reg   [OY_BITS-1:0] pass_oy,
    output reg   [OX_BITS-1:0] pass_ox,
    output signed [RY_BITS-1:0] pass_ry,
    output signed [RX_BITS-1:0] pass_rx,
    output         [SEATS-1:0] pass_seats,
    output reg     [VALUE-1:0] pass_value
);
  localparam C_WIDTH = LANE_BITS + S_BITS + LIST_BITS;
  localparam MORE_Y = EACH == 0 ? 0 : TILE_BITS;
  localparam MORE_X = EACH == 0 ? 0 : COUNT_BITS + W_BITS;
  localparam Y_WIDTH = MORE_Y + TY_BITS + OY_BITS + 1 + S_BITS + LIST_BITS;
  localparam X_WIDTH = MORE_X + TX_BITS + OX_BITS + 1 + S_BITS + LIST_BITS;
  localparam LIST_WIDTH = COUNT_BITS + W_BITS;
  localparam SEATED = SEAT * CHANNELS * BANKS_Y * BANKS_X;
  localparam PLACE_WIDTH = SEATED + GROUP_BITS + COLUMN_BITS + ROW_BITS;

  // ---- who moves ----
  reg valid1, valid2, busy;
  wire last;
  wire move3 = !token && (!busy || (pass_ready && last));
  wire move2 = !valid2 || move3;
  wire move1 = !valid1 || move2;
  assign event_ready = move1;
  assign pass_valid  = busy;

  // ---- stage 1: the tables of the event ----
  reg token1;
  reg [VALUE-1:0] value1;
  wire [C_WIDTH-1:0] by_c;
  wire [Y_WIDTH-1:0] by_y;
  wire [X_WIDTH-1:0] by_x;
  wire [LIST_BITS-1:0] c_list, y_list, x_list;
  wire [S_BITS-1:0] c_block, y_block, x_block;
  wire [LANE_BITS-1:0] lane1;
  wire [TY_BITS-1:0] ty1;
  wire [TX_BITS-1:0] tx1;
  wire [OY_BITS-1:0] oy1;
  wire [OX_BITS-1:0] ox1;
  wire no_row, no_column;

  assign {lane1, c_block, c_list} = by_c;
  assign {ty1, oy1, no_row, y_block, y_list} = by_y[Y_WIDTH-MORE_Y-1:0];
  assign {tx1, ox1, no_column, x_block, x_list} = by_x[X_WIDTH-MORE_X-1:0];

  sw_memory #(.WIDTH(C_WIDTH), .DEPTH(C_SIZE), .BITS(C_BITS), .FILE(C_FILE),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_c (
      .clk(clk), .enable(move1), .address(event_c), .word(by_c),
      .load(load));
  sw_memory #(.WIDTH(Y_WIDTH), .DEPTH(Y_SIZE), .BITS(Y_BITS), .FILE(Y_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 1), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_y (
      .clk(clk), .enable(move1), .address(event_y), .word(by_y),
      .load(load));
  sw_memory #(.WIDTH(X_WIDTH), .DEPTH(X_SIZE), .BITS(X_BITS), .FILE(X_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 2), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_x (
      .clk(clk), .enable(move1), .address(event_x), .word(by_x),
      .load(load));

  // ---- stage 2: its list, or what it takes of each tile row ----
  reg token2, none2;
  reg [S_BITS-1:0] block2;
  reg [LANE_BITS-1:0] lane2;
  reg [TY_BITS-1:0] ty2;
  reg [TX_BITS-1:0] tx2;
  reg [OY_BITS-1:0] oy2;
  reg [OX_BITS-1:0] ox2;
  reg [VALUE-1:0] value2;
  wire [LIST_BITS-1:0] list = c_list + y_list + x_list;
  wire [W_BITS-1:0] first;
  wire [COUNT_BITS-1:0] count;
  wire [TILE_BITS-1:0] tiles;  // tile rows
  wire [W_BITS-1:0] skip;      // from the last row of weights of a tile row to the first of the next

  generate
    if (EACH == 0) begin : listed
      assign tiles = 1;
      assign skip  = 1;
      sw_memory #(.WIDTH(LIST_WIDTH), .DEPTH(LISTS), .BITS(LIST_BITS), .FILE(LIST_FILE), .COLUMN(LIST_COLUMN),
                  .MEMORY(MEMORY == 0 ? 0 : MEMORY + 3), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) lists (
          .clk(clk), .enable(move2), .address(list), .word({count, first}),
          .load(load));
    end else begin : even
      reg [TILE_BITS+COUNT_BITS+2*W_BITS-1:0] walk;
      always @(posedge clk) if (move2) walk <= {by_y[Y_WIDTH-1-:TILE_BITS], by_x[X_WIDTH-1-:COUNT_BITS+W_BITS], list};
      assign {tiles, skip, count, first} = walk;
    end
  endgenerate

  // ---- stage 3: its passes ----
  reg none;
  reg [TILE_BITS-1:0] tiles_left;
  reg [COUNT_BITS-1:0] left, in_tiles;  // rows of weights: still to be taken, and taken of each tile row
  reg [W_BITS-1:0] row, across;
  wire turns = EACH != 0 && left == 1;  // to the next tile row
  wire [W_BITS-1:0] next = row + (turns ? across : 1'b1);
  reg [S_BITS-1:0] block;
  reg signed [TY_BITS-1:0] ty;
  reg signed [TX_BITS-1:0] tx;
  wire [ROW_BITS-1:0] tile_row;
  wire [COLUMN_BITS-1:0] tile_column;
  wire [GROUP_BITS-1:0] group;
  wire [PLACE_WIDTH-1:0] place;
  assign {group, tile_column, tile_row} = place[GROUP_BITS+COLUMN_BITS+ROW_BITS-1:0];

  sw_memory #(.WIDTH(PLACE_WIDTH), .DEPTH(ROWS), .BITS(W_BITS), .FILE(PLACE_FILE), .COLUMN(PLACE_COLUMN),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + (EACH == 0 ? 4 : 3)), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) places (
      .clk(clk), .enable(move3 || pass_ready), .address(move3 ? first : next), .word(place),
      .load(load));

  wire signed [TY_BITS-1:0] here_y = ty + $signed({1'b0, tile_row}) * STRIDE_Y;
  wire signed [TX_BITS-1:0] here_x = tx + $signed({1'b0, tile_column}) * STRIDE_X;

  generate
    if (SEAT == 0) assign pass_seats = {SEATS{1'b0}};
    else
      sw_turn #(.BANKS_Y(BANKS_Y), .BANKS_X(BANKS_X), .TILE(CHANNELS * SEAT), .OY_BITS(OY_BITS), .OX_BITS(OX_BITS)) turn (
          .in(place[PLACE_WIDTH-1-:SEATED]), .oy(pass_oy), .ox(pass_ox), .out(pass_seats));
  endgenerate

  assign last = none || (left == 1 && (EACH == 0 || tiles_left == 1));
  assign pass_empty = none || here_y < -LOWEST_Y || here_y >= BLOCKS_Y || here_x < -LOWEST_X || here_x >= BLOCKS_X;
  assign pass_weights = row;
  assign pass_block = block + group + tile_column * ACROSS + tile_row * DOWN;
  assign pass_ry = here_y;
  assign pass_rx = here_x;

  always @(posedge clk) begin
    if (rst) begin
      valid1 <= 1'b0;
      valid2 <= 1'b0;
      busy   <= 1'b0;
      token  <= 1'b0;
    end else begin
      if (move1) valid1 <= event_valid;
      if (move2) valid2 <= valid1;
      if (move3) busy <= valid2 && !token2;
      if (resume) token <= 1'b0;
      else if (move3 && valid2 && token2) token <= 1'b1;
    end
    if (move1) begin
      token1 <= event_token;
      value1 <= event_value;
    end
    if (move2) begin
      token2 <= token1;
      none2  <= no_row || no_column;
      block2 <= c_block + y_block + x_block;
      value2 <= value1;
      {lane2, ty2, tx2, oy2, ox2} <= {lane1, ty1, tx1, oy1, ox1};
    end
    if (move3) begin
      none  <= none2 || (EACH == 0 && count == 0);
      left  <= count;
      row   <= first;
      {tiles_left, in_tiles, across} <= {tiles, count, skip};
      block <= block2;
      pass_value <= value2;
      {pass_lane, ty, tx, pass_oy, pass_ox} <= {lane2, ty2, tx2, oy2, ox2};
    end else if (pass_ready) begin
      left <= turns ? in_tiles : left - 1'b1;
      row  <= next;
      if (turns) tiles_left <= tiles_left - 1'b1;
    end
  end
endmodule
