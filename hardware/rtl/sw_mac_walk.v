// The steps of a projection through one block of outputs: which weights meet which values, one row of weights in each step.
//
//   LIST 0   for channel < channels(group):  for row of taps < rows(ry):  for column < columns(rx):  one step
//   LIST 1   for kept row of weights of the group:  for row < POOL_Y:  for column < POOL_X:  one step; the channel, and the
//            first row and column, come out of an index memory
//
// Three tables say what a block has, by its group of channels, its row and its column of blocks; they are read while the block
// before is worked on, so (g, ry, rx) stand still for two cycles before `begins`. A block that has no step takes one that is empty.
//
//   cycle 0  `step`: a step is taken; `ending` in that cycle: it is the last
//   cycle 1  the index is read           cycle 2  what belongs to the step is there, `live2` unless it is empty
module sw_mac_walk #(
    parameter LIST = 0,
    parameter GROUPS = 1,
    parameter BLOCKS_Y = 1,
    parameter BLOCKS_X = 1,
    parameter G_BITS = 1,
    parameter RY_BITS = 1,
    parameter RX_BITS = 1,
    parameter T_BITS = 1,         // of a place in the table of rows, and in that of columns
    parameter U_BITS = 1,
    parameter EY_BITS = 1,        // of a count of rows of taps, of columns
    parameter EX_BITS = 1,
    parameter A_BITS = 1,         // of an address of a value
    parameter W_BITS = 1,         // of an address of a row of weights
    parameter N_BITS = 1,         // of a count of channels, or of kept rows of weights
    parameter NEXT_VALUES = 1,    // from one channel to the next: in the buffer, and in the weights
    parameter NEXT_WEIGHTS = 1,
    parameter KEPT = 1,           // kept rows of weights
    parameter POOL_Y = 1,         // values that a kept row of weights meets, along both axes
    parameter POOL_X = 1,
    parameter MEMORY = 0,         // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter G_FILE = "",        // {count, values, weights}: of the first channel, or of the first kept row
    parameter Y_FILE = "",        // {count, first}
    parameter X_FILE = "",
    parameter I_FILE = "",        // {column, row, values}
    parameter I_COLUMN = 0        // see sw_rom
) (
    input clk,
    input rst,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,

    input  [G_BITS-1:0] g,
    input [RY_BITS-1:0] ry,
    input [RX_BITS-1:0] rx,
    input               begins,   // the next block is worked on from the next cycle on
    input               step,
    output              ending,

    output reg              live2,
    output reg [T_BITS-1:0] row2,
    output reg [U_BITS-1:0] column2,
    output reg [A_BITS-1:0] values2,
    output reg [W_BITS-1:0] weights2
);
  wire [N_BITS+A_BITS+W_BITS-1:0] by_g;
  wire [EY_BITS+T_BITS-1:0] by_y;
  wire [EX_BITS+U_BITS-1:0] by_x;

  sw_memory #(.WIDTH(N_BITS + A_BITS + W_BITS), .DEPTH(GROUPS), .BITS(G_BITS), .FILE(G_FILE),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) groups_rom (
      .clk(clk), .enable(1'b1), .address(g), .word(by_g), .load(load));
  sw_memory #(.WIDTH(EY_BITS + T_BITS), .DEPTH(BLOCKS_Y), .BITS(RY_BITS), .FILE(Y_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 1), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) rows_rom (
      .clk(clk), .enable(1'b1), .address(ry), .word(by_y), .load(load));
  sw_memory #(.WIDTH(EX_BITS + U_BITS), .DEPTH(BLOCKS_X), .BITS(RX_BITS), .FILE(X_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 2), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) columns_rom (
      .clk(clk), .enable(1'b1), .address(rx), .word(by_x), .load(load));

  wire [W_BITS-1:0] g_weights = by_g[W_BITS-1:0];
  wire [A_BITS-1:0] g_values = by_g[W_BITS+:A_BITS];
  wire [N_BITS-1:0] g_count = by_g[W_BITS+A_BITS+:N_BITS];
  wire [EY_BITS-1:0] rows = by_y[T_BITS+:EY_BITS];
  wire [EX_BITS-1:0] columns = by_x[U_BITS+:EX_BITS];

  // ---- the block ----
  reg empty;
  reg [T_BITS-1:0] first_row, first_row1;
  reg [U_BITS-1:0] first_column, first_column1;
  reg [EY_BITS-1:0] last_row, row;
  reg [EX_BITS-1:0] last_column, column;
  reg [N_BITS-1:0] left;          // channels, or rows of weights, behind this one
  reg [A_BITS-1:0] values;
  reg [W_BITS-1:0] weights, weights1;
  reg live1;

  wire ends_row = column == last_column;
  wire ends_channel = ends_row && row == last_row;
  assign ending = empty || (ends_channel && left == 0);

  always @(posedge clk) begin
    if (begins) begin
      empty <= g_count == 0 || rows == 0 || columns == 0;
      first_row <= by_y[T_BITS-1:0];
      first_column <= by_x[U_BITS-1:0];
      last_row <= LIST != 0 ? POOL_Y - 1 : rows - 1'b1;
      last_column <= LIST != 0 ? POOL_X - 1 : columns - 1'b1;
      row <= {EY_BITS{1'b0}};
      column <= {EX_BITS{1'b0}};
      left <= g_count - 1'b1;
      values <= g_values;
      weights <= g_weights;
    end else if (step) begin
      column <= ends_row ? {EX_BITS{1'b0}} : column + 1'b1;
      if (ends_row) row <= ends_channel ? {EY_BITS{1'b0}} : row + 1'b1;
      if (ends_channel) begin
        left <= left - 1'b1;
        values <= values + NEXT_VALUES[A_BITS-1:0];
        weights <= weights + NEXT_WEIGHTS[W_BITS-1:0];
      end
    end
    live1 <= step && !empty && !rst;
    first_row1 <= first_row;
    first_column1 <= first_column;
    weights1 <= weights;
  end

  // ---- the step ----
  wire [EX_BITS-1:0] column1;
  wire [EY_BITS-1:0] row1;
  wire [A_BITS-1:0] values1;
  reg [EX_BITS-1:0] column_kept;
  reg [EY_BITS-1:0] row_kept;
  always @(posedge clk) {column_kept, row_kept} <= {column, row};
  generate
    if (LIST != 0) begin : index
      wire [EX_BITS+EY_BITS+A_BITS-1:0] entry1;
      sw_memory #(.WIDTH(EX_BITS + EY_BITS + A_BITS), .DEPTH(KEPT), .BITS(W_BITS), .FILE(I_FILE), .COLUMN(I_COLUMN),
                  .MEMORY(MEMORY == 0 ? 0 : MEMORY + 3), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) index_rom (
          .clk(clk), .enable(1'b1), .address(weights), .word(entry1), .load(load));
      assign values1 = entry1[A_BITS-1:0];
      assign row1 = entry1[A_BITS+:EY_BITS] + row_kept;
      assign column1 = entry1[A_BITS+EY_BITS+:EX_BITS] + column_kept;
    end else begin : counted
      reg [A_BITS-1:0] values_kept;
      always @(posedge clk) values_kept <= values;
      assign {column1, row1, values1} = {column_kept, row_kept, values_kept};
    end
  endgenerate

  always @(posedge clk) begin
    live2 <= live1 && !rst;
    row2 <= first_row1 + row1;
    column2 <= first_column1 + column1;
    values2 <= values1;
    weights2 <= weights1;
  end
endmodule
