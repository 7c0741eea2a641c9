// The events of one projection become passes: in each pass the P lanes of the layer add one row of weights to one block of
// potentials. Three tables say what an event does, by its channel, its row and its column; geometry is nowhere else.
//
// An event is taken in the cycle before its first pass; its passes follow each other without a gap, the next event's behind
// them. An event that reaches nothing takes one cycle. A token ends the step: the front waits until `resume`.
//
//   for tile row < rows(y):  for tile column < columns(x):  for group < GROUPS:  one pass
module sw_front #(
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
    parameter GROUPS = 1,        // blocks of channels that an event reaches
    parameter GROUP_BITS = 1,
    parameter TILE_BITS = 1,     // of a count of tiles along an axis
    parameter OY_BITS = 1,       // of the place inside a block of banks
    parameter OX_BITS = 1,
    parameter RY_BITS = 2,       // of a row of blocks, with a sign
    parameter RX_BITS = 2,
    parameter NEXT_COLUMN = 1,   // from the last group of a tile to the first of the next, in blocks
    parameter MEMORY = 0,        // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter C_FILE = "",
    parameter Y_FILE = "",
    parameter X_FILE = ""
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
    output     [LANE_BITS-1:0] pass_lane,
    output       [OY_BITS-1:0] pass_oy,
    output       [OX_BITS-1:0] pass_ox,
    output signed [RY_BITS-1:0] pass_ry,
    output signed [RX_BITS-1:0] pass_rx,
    output reg     [VALUE-1:0] pass_value
);
  localparam C_WIDTH = W_BITS + S_BITS + LANE_BITS;
  localparam Y_WIDTH = W_BITS + S_BITS + TILE_BITS + OY_BITS + RY_BITS;
  localparam X_WIDTH = 2 * W_BITS + 2 * S_BITS + TILE_BITS + OX_BITS + RX_BITS;

  wire [C_WIDTH-1:0] by_c;
  wire [Y_WIDTH-1:0] by_y;
  wire [X_WIDTH-1:0] by_x;
  wire [W_BITS-1:0] c_weights, y_weights, x_weights, skipped_weights;
  wire [S_BITS-1:0] c_block, y_block, x_block, skipped_blocks;
  wire [TILE_BITS-1:0] rows, columns;
  wire [RY_BITS-1:0] first_ry;
  wire [RX_BITS-1:0] first_rx;

  assign {pass_lane, c_block, c_weights} = by_c;
  assign {first_ry, pass_oy, rows, y_block, y_weights} = by_y;
  assign {first_rx, pass_ox, skipped_blocks, skipped_weights, columns, x_block, x_weights} = by_x;

  reg busy, first;
  reg [W_BITS-1:0] weights;
  reg [S_BITS-1:0] block;
  reg [GROUP_BITS-1:0] group;
  reg [TILE_BITS-1:0] row, column;

  wire empty = rows == 0 || columns == 0;
  wire last_group = group == GROUPS - 1;
  wire last_column = column + 1'b1 == columns;
  wire last_row = row + 1'b1 == rows;
  wire last = empty || (last_group && last_column && last_row);
  wire advance = !busy || (pass_ready && last);
  wire take = advance && event_valid && !token;

  assign event_ready = advance && !token;
  assign pass_valid = busy;
  assign pass_empty = empty;
  assign pass_weights = first ? c_weights + y_weights + x_weights : weights;
  assign pass_block = first ? c_block + y_block + x_block : block;
  assign pass_ry = $signed(first_ry) + $signed({1'b0, row});
  assign pass_rx = $signed(first_rx) + $signed({1'b0, column});

  sw_memory #(.WIDTH(C_WIDTH), .DEPTH(C_SIZE), .BITS(C_BITS), .FILE(C_FILE),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_c (
      .clk(clk), .enable(take), .address(event_c), .word(by_c),
      .load(load));
  sw_memory #(.WIDTH(Y_WIDTH), .DEPTH(Y_SIZE), .BITS(Y_BITS), .FILE(Y_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 1), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_y (
      .clk(clk), .enable(take), .address(event_y), .word(by_y),
      .load(load));
  sw_memory #(.WIDTH(X_WIDTH), .DEPTH(X_SIZE), .BITS(X_BITS), .FILE(X_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 2), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_x (
      .clk(clk), .enable(take), .address(event_x), .word(by_x),
      .load(load));

  always @(posedge clk) begin
    if (rst) begin
      busy  <= 1'b0;
      token <= 1'b0;
    end else begin
      if (resume) token <= 1'b0;
      if (advance) busy <= take && !event_token;
      if (take && event_token) token <= 1'b1;
    end
    if (take) begin
      first <= 1'b1;
      group <= 0;
      row <= 0;
      column <= 0;
      pass_value <= event_value;
    end else if (busy && pass_ready) begin
      first <= 1'b0;
      weights <= pass_weights + (last_group && last_column ? skipped_weights : {{(W_BITS - 1) {1'b0}}, 1'b1});
      block <= pass_block + (!last_group ? 1 : last_column ? skipped_blocks : NEXT_COLUMN);
      group <= last_group ? 0 : group + 1'b1;
      if (last_group) column <= last_column ? 0 : column + 1'b1;
      if (last_group && last_column) row <= row + 1'b1;
    end
  end
endmodule
