// Constant currents: what held projections have brought once, with the drive, for each neuron.
//
//   cycle 4  of a block that is to be kept: its words, which began at nothing, and its drive are added up and written
//   cycle 3 + LATE  address `block`, of any block       cycle 5 + LATE  its currents, those just written too
//
// A row is never read in the cycle in which it is written, but for one that is forwarded. With COLUMN, block memories
// hold columns of so many bits of all rows, see sw_bank.
module sw_held #(
    parameter LANES = 1,
    parameter WORD = 17,
    parameter DRIVE = 8,
    parameter CURRENT = 9,
    parameter ROWS = 1,
    parameter BITS = 1,
    parameter LATE = 0,
    parameter COLUMN = 0
) (
    input                          clk,
    input                          sweeps,        // low: nothing is kept or asked for
    input                          keep4,
    input               [BITS-1:0] keep_block4,
    input         [LANES*WORD-1:0] word4,
    input        [LANES*DRIVE-1:0] drive4,
    input               [BITS-1:0] block,
    output reg [LANES*CURRENT-1:0] current5
);
  localparam WIDTH = LANES * CURRENT;

  wire [WIDTH-1:0] kept4;
  reg [WIDTH-1:0] fetched, kept5;
  reg keep5;

  genvar n, g;
  generate
    for (n = 0; n < LANES; n = n + 1) begin : lane
      wire signed [WORD-1:0] word = word4[n*WORD+:WORD];
      wire signed [DRIVE-1:0] drive = drive4[n*DRIVE+:DRIVE];
      wire signed [CURRENT-1:0] both = word + drive;
      assign kept4[n*CURRENT+:CURRENT] = both;
    end
    if (COLUMN == 0) begin : whole
      (* no_rw_check *) reg [WIDTH-1:0] currents[0:ROWS-1];
      always @(posedge clk) begin
        if (keep4) currents[keep_block4] <= kept4;
        fetched <= currents[block];
      end
    end else begin : columns
      for (g = 0; g * COLUMN < WIDTH; g = g + 1) begin : column
        localparam HERE = (g + 1) * COLUMN < WIDTH ? COLUMN : WIDTH - g * COLUMN;
        (* ram_style = "block", no_rw_check *) reg [HERE-1:0] currents[0:ROWS-1];
        always @(posedge clk) begin
          if (keep4) currents[keep_block4] <= kept4[g*COLUMN+:HERE];
          fetched[g*COLUMN+:HERE] <= currents[block];
        end
      end
    end
  endgenerate

  always @(posedge clk) if (sweeps) begin
    keep5 <= keep4;
    kept5 <= kept4;
    current5 <= LATE == 0 && keep4 ? kept4 : LATE == 1 && keep5 ? kept5 : fetched;
  end
endmodule
