// The potentials of CHANNELS lanes that share their addresses. A word goes out two cycles after its address came, with all
// that has been written meanwhile; the sum of that cycle is taken back in the next one.
//
//   cycle 1  address             cycle 2  the memory is read         cycle 3  `word`; `sum` is given for it
//   cycle 4  the sum is written: operations one or two cycles behind get it before it has arrived there
//
// STYLE 0: one row, a register. 1: rows of look-up tables. 2: block memories; with COLUMN, one for each so many bits of all rows.
module sw_bank #(
    parameter WIDTH = 16,  // bits of a row: all lanes
    parameter ROWS = 1,
    parameter BITS = 1,    // of an address
    parameter STYLE = 0,
    parameter COLUMN = 0
) (
    input              clk,
    input  [ BITS-1:0] address,
    input              summed,        // cycle 3: `sum` is to be kept
    output [WIDTH-1:0] word,
    input  [WIDTH-1:0] sum,
    input              store,         // another word is written
    input  [ BITS-1:0] store_address,
    input  [WIDTH-1:0] store_word
);
  genvar g;
  generate
    if (STYLE == 0) begin : register
      reg [WIDTH-1:0] only;
      assign word = only;
      always @(posedge clk)
        if (store) only <= store_word;
        else if (summed) only <= sum;
    end else begin : memory
      reg [BITS-1:0] address2, address3, address4;
      reg kept4, same, near, far;
      reg [WIDTH-1:0] word3, sum4, sum5;

      wire write = store || kept4;
      wire [BITS-1:0] write_address = store ? store_address : address4;
      wire [WIDTH-1:0] write_word = store ? store_word : sum4;
      wire [WIDTH-1:0] read;

      if (STYLE == 1) begin : tables
        (* ram_style = "distributed" *) reg [WIDTH-1:0] words[0:ROWS-1];
        assign read = words[address2];
        always @(posedge clk) if (write) words[write_address] <= write_word;
      end else begin : blocks
        localparam EACH = COLUMN == 0 ? WIDTH : COLUMN;
        for (g = 0; g * EACH < WIDTH; g = g + 1) begin : column
          localparam HERE = (g + 1) * EACH < WIDTH ? EACH : WIDTH - g * EACH;
          (* ram_style = "block", no_rw_check *) reg [HERE-1:0] words[0:ROWS-1];
          reg [HERE-1:0] fetched;
          assign read[g*EACH+:HERE] = fetched;
          always @(posedge clk) begin
            if (write) words[write_address] <= write_word[g*EACH+:HERE];
            fetched <= words[address];
          end
        end
      end

      assign word = same ? sum4 : word3;

      always @(posedge clk) begin
        address2 <= address;
        address3 <= address2;
        address4 <= address3;
        kept4 <= summed;
        sum4 <= sum;
        sum5 <= sum4;
        same <= summed && address2 == address3;
        near <= summed && address == address3;  // addresses are compared a cycle before their words are chosen among
        far <= kept4 && address == address4;
        word3 <= near ? sum4 : STYLE == 2 && far ? sum5 : read;
      end
    end
  endgenerate
endmodule
