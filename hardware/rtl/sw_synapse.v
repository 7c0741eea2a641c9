// The weights of a projection: a row is read in two cycles, and becomes what each lane adds in two more. With CODE, it holds
// codes, whose weights are looked up before the second cycle ends.
//
//   cycle 0  address, lane, oy, ox, value        cycle 2  the row is there        cycle 3  `adds`        cycle 4  taps
//
// Many block memories (COLUMN) lie far from what addresses them: where nothing is to be done with a row in its second cycle, that
// cycle lies in front of the memory.
module sw_synapse #(
    parameter CHANNELS = 1,
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter WEIGHT = 8,
    parameter VALUE = 1,
    parameter TIMES = 0,
    parameter TAP = 8,
    parameter SHIFT = 0,
    parameter ONE_CHANNEL = 0,
    parameter ROW = 8,        // bits of a row in memory
    parameter CODE = 0,       // bits of a code, 0: rows hold weights
    parameter ENTRIES = 1,    // of the table of codes
    parameter LANE_BITS = 1,
    parameter OY_BITS = 1,
    parameter OX_BITS = 1,
    parameter DEPTH = 1,
    parameter W_BITS = 1,
    parameter MEMORY = 0,        // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter FILE = "",
    parameter COLUMN = 0,        // of the rows, see sw_rom
    parameter TABLE_FILE = ""
) (
    input                                     clk,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,
    input                        [W_BITS-1:0] address,
    input                     [LANE_BITS-1:0] lane,
    input                       [OY_BITS-1:0] oy,
    input                       [OX_BITS-1:0] ox,
    input                         [VALUE-1:0] value,
    input                                     adds,
    output [CHANNELS*BANKS_Y*BANKS_X*TAP-1:0] taps
);
  localparam COUNT = ROW / (CODE == 0 ? WEIGHT : CODE);
  localparam HELD = COUNT * WEIGHT;
  localparam LATE = COLUMN != 0 && CODE == 0 && BANKS_Y * BANKS_X == 1;
  wire [ROW-1:0] row1;
  wire [HELD-1:0] held1;
  reg [HELD-1:0] held2;
  wire [HELD-1:0] row2 = LATE ? held1 : held2;
  reg [W_BITS-1:0] address1;
  reg [LANE_BITS-1:0] lane1, lane2;
  reg [OY_BITS-1:0] oy1, oy2;
  reg [OX_BITS-1:0] ox1, ox2;
  reg [VALUE-1:0] value1, value2;

  sw_memory #(.WIDTH(ROW), .DEPTH(DEPTH), .BITS(W_BITS), .FILE(FILE), .COLUMN(COLUMN),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) rows (
      .clk(clk), .enable(1'b1), .address(LATE ? address1 : address), .word(row1),
      .load(load));

  generate
    if (CODE == 0) assign held1 = row1;
    else
      sw_codebook #(.COUNT(COUNT), .CODE(CODE), .WEIGHT(WEIGHT), .ENTRIES(ENTRIES), .FILE(TABLE_FILE),
                    .MEMORY(MEMORY == 0 ? 0 : MEMORY + 1), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) codebook (
          .clk(clk), .load(load), .codes(row1), .weights(held1));
  endgenerate

  always @(posedge clk) begin
    held2 <= held1;
    address1 <= address;
    {lane1, lane2} <= {lane, lane1};
    {oy1, oy2} <= {oy, oy1};
    {ox1, ox2} <= {ox, ox1};
    {value1, value2} <= {value, value1};
  end

  sw_taps #(.CHANNELS(CHANNELS), .BANKS_Y(BANKS_Y), .BANKS_X(BANKS_X), .WEIGHT(WEIGHT), .VALUE(VALUE), .TIMES(TIMES),
            .TAP(TAP), .SHIFT(SHIFT), .ONE_CHANNEL(ONE_CHANNEL), .ROW(HELD), .LANE_BITS(LANE_BITS), .OY_BITS(OY_BITS),
            .OX_BITS(OX_BITS)) multiplied (
      .clk(clk), .none(!adds), .row(row2), .lane(lane2), .oy(oy2), .ox(ox2), .value(value2), .taps(taps));
endmodule
