// The words of a layer in BANKS_Y x BANKS_X banks of CHANNELS lanes each. A pass names the block and the place (oy, ox) in it of
// its first target; banks in front of that place belong to the next block below or beside it. What lies outside the map is left
// as it is. A sweep reads all banks of one block. Cycles as in sw_bank; a word that is done is written in cycle 6.
//
// With SEAT, each lane has an address of its own: in a pass it goes on from the block by its seat, the number of one of the GROUPS
// channels that it has.
module sw_banks #(
    parameter CHANNELS = 1,
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter GROUPS = 1,
    parameter BLOCKS_Y = 1,
    parameter BLOCKS_X = 1,
    parameter R_BITS = 1,
    parameter OY_BITS = 1,
    parameter OX_BITS = 1,
    parameter RY_BITS = 2,
    parameter RX_BITS = 2,
    parameter WORD = 17,
    parameter SEAT = 0,    // bits of a seat; 0: all lanes of a bank share their address
    parameter SEATS = 1,   // of all seats, at least 1
    parameter STYLE = 0,
    parameter COLUMN = 0   // see sw_bank
) (
    input                                       clk,
    input                                       sweep1,
    input                          [R_BITS-1:0] block1,
    input                         [OY_BITS-1:0] oy1,
    input                         [OX_BITS-1:0] ox1,
    input signed                  [RY_BITS-1:0] ry1,     // row and column of blocks of the pass
    input signed                  [RX_BITS-1:0] rx1,
    input                           [SEATS-1:0] seats1,
    input                                       summed3,
    output [CHANNELS*BANKS_Y*BANKS_X*WORD-1:0] word3,
    input  [CHANNELS*BANKS_Y*BANKS_X*WORD-1:0] sums3,
    input                                       store6,
    input                          [R_BITS-1:0] block6,
    input  [CHANNELS*BANKS_Y*BANKS_X*WORD-1:0] word6
);
  localparam ROWS = GROUPS * BLOCKS_Y * BLOCKS_X;
  localparam WIDTH = CHANNELS * WORD;

  wire signed [RY_BITS-1:0] below1 = ry1 + 1;
  wire signed [RX_BITS-1:0] beside1 = rx1 + 1;
  wire in_y = !ry1[RY_BITS-1] && ry1 < BLOCKS_Y;
  wire in_x = !rx1[RX_BITS-1] && rx1 < BLOCKS_X;
  wire in_below = below1 < BLOCKS_Y;
  wire in_beside = beside1 < BLOCKS_X;

  genvar by, bx, cl;
  generate
    for (by = 0; by < BANKS_Y; by = by + 1) begin : row
      for (bx = 0; bx < BANKS_X; bx = bx + 1) begin : column
        localparam B = by * BANKS_X + bx;
        wire down = BANKS_Y > 1 && !sweep1 && by < oy1;
        wire right = BANKS_X > 1 && !sweep1 && bx < ox1;
        wire there = (BANKS_Y == 1 || (down ? in_below : in_y)) && (BANKS_X == 1 || (right ? in_beside : in_x));
        wire [R_BITS-1:0] address = block1 + (down ? BLOCKS_X * GROUPS : 0) + (right ? GROUPS : 0);
        reg there2, there3;
        always @(posedge clk) begin
          there2 <= there;
          there3 <= there2;
        end
        if (SEAT == 0) begin : shared
          sw_bank #(.WIDTH(WIDTH), .ROWS(ROWS), .BITS(R_BITS), .STYLE(STYLE), .COLUMN(COLUMN)) bank (
              .clk(clk), .address(address), .summed(summed3 && there3),
              .word(word3[B*WIDTH+:WIDTH]), .sum(sums3[B*WIDTH+:WIDTH]),
              .store(store6), .store_address(block6), .store_word(word6[B*WIDTH+:WIDTH]));
        end else begin : seated
          for (cl = 0; cl < CHANNELS; cl = cl + 1) begin : lane
            localparam N = B * CHANNELS + cl;
            wire [SEAT-1:0] seat = sweep1 ? {SEAT{1'b0}} : seats1[N*SEAT+:SEAT];
            sw_bank #(.WIDTH(WORD), .ROWS(ROWS), .BITS(R_BITS), .STYLE(STYLE), .COLUMN(COLUMN)) bank (
                .clk(clk), .address(address + seat), .summed(summed3 && there3),
                .word(word3[N*WORD+:WORD]), .sum(sums3[N*WORD+:WORD]),
                .store(store6), .store_address(block6), .store_word(word6[N*WORD+:WORD]));
          end
        end
      end
    end
  endgenerate
endmodule
