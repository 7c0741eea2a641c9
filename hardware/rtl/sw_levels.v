// The logits of an output that is read by its potentials. A sweep of sw_array gives them block by block, P lanes in a cycle;
// `block_ready` is low while those that are kept are looked at, and another sweep that gives some waits for it.
//
// `step_done` is high from the cycle after the last block of a sweep on, until the one in which `taken` is high. Neurons are
// fetched row-major, all of them each time; `last_x` .. `last_c`: the one that is fetched ends a row, a column, the channels.
module sw_levels #(
    parameter CHANNELS = 1,   // lanes and blocks as in sw_array
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter GROUPS = 1,
    parameter BLOCKS_Y = 1,
    parameter BLOCKS_X = 1,
    parameter R_BITS = 1,
    parameter CL_BITS = 1,    // of the number of a lane along each axis
    parameter BY_BITS = 1,
    parameter BX_BITS = 1,
    parameter POTENTIAL = 16
) (
    input clk,
    input rst,

    input                                          block_valid,
    output                                         block_ready,
    input [CHANNELS*BANKS_Y*BANKS_X*POTENTIAL-1:0] block,

    output reg step_done,
    input      taken,

    input                         fetch,
    input                         last_c,
    input                         last_y,
    input                         last_x,
    output signed [POTENTIAL-1:0] logit
);
  localparam P = CHANNELS * BANKS_Y * BANKS_X;
  localparam BLOCKS = GROUPS * BLOCKS_Y * BLOCKS_X;

  (* no_rw_check *) reg [P*POTENTIAL-1:0] blocks[0:BLOCKS-1];
  reg [P*POTENTIAL-1:0] fetched;
  reg [R_BITS-1:0] number;
  reg [CL_BITS-1:0] c_lane, c_at;               // channel, row and column in a block of the neuron that is fetched next,
  reg [BY_BITS-1:0] y_lane, y_at;               // and of the one that was fetched
  reg [BX_BITS-1:0] x_lane, x_at;
  reg [R_BITS-1:0] c_block, y_block, x_block;  // what its channel, row and column add to the number of its block

  assign block_ready = !step_done;
  assign logit = moved[POTENTIAL-1:0];

  // The logit of a lane comes down by the bits of its column, row and channel: a product in an index becomes a multiplier.
  reg [P*POTENTIAL-1:0] moved;
  integer k;
  always @* begin
    moved = fetched;
    for (k = 0; (1 << k) < BANKS_Y; k = k + 1) if (y_at[k]) moved = moved >> (BANKS_X * CHANNELS * POTENTIAL << k);
    for (k = 0; (1 << k) < BANKS_X; k = k + 1) if (x_at[k]) moved = moved >> (CHANNELS * POTENTIAL << k);
    for (k = 0; (1 << k) < CHANNELS; k = k + 1) if (c_at[k]) moved = moved >> (POTENTIAL << k);
  end

  wire all = BLOCKS == 1 || number == BLOCKS - 1;
  always @(posedge clk) begin
    if (block_valid) blocks[number] <= block;
    if (fetch) begin
      fetched <= blocks[y_block+x_block+c_block];
      {c_at, y_at, x_at} <= {c_lane, y_lane, x_lane};
    end
    if (rst) begin
      number <= 0;
      step_done <= 1'b0;
    end else begin
      if (block_valid) number <= all ? 0 : number + 1'b1;
      if (taken) step_done <= 1'b0;
      else if (block_valid && all) step_done <= 1'b1;
    end
  end

  // Along an axis with one lane, or one block, nothing is counted.
  wire c_ends = CHANNELS == 1 || c_lane == CHANNELS - 1;
  wire y_ends = BANKS_Y == 1 || y_lane == BANKS_Y - 1;
  wire x_ends = BANKS_X == 1 || x_lane == BANKS_X - 1;
  always @(posedge clk)
    if (rst || (fetch && last_x && last_y && last_c)) begin
      {c_block, y_block, x_block} <= 0;
      {c_lane, y_lane, x_lane} <= 0;
    end else if (fetch) begin
      x_lane <= last_x || x_ends ? 0 : x_lane + 1'b1;
      if (last_x || BLOCKS_X == 1) x_block <= 0;
      else if (x_ends) x_block <= x_block + GROUPS;
      if (last_x) begin
        y_lane <= last_y || y_ends ? 0 : y_lane + 1'b1;
        if (last_y || BLOCKS_Y == 1) y_block <= 0;
        else if (y_ends) y_block <= y_block + BLOCKS_X * GROUPS;
      end
      if (last_x && last_y) begin
        c_lane <= c_ends ? 0 : c_lane + 1'b1;
        if (GROUPS == 1) c_block <= 0;
        else if (c_ends) c_block <= c_block + 1'b1;
      end
    end
endmodule
