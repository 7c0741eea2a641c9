// A memory that is read at a rising edge when `enable` is high, and may be loaded at run time.
// FILE holds DEPTH words in hex, one a line. With DEPTH 1 it is a constant.
//
// It lies in look-up tables while a bit of all words fits into one of six inputs, or while they are few; in block memories
// beyond. LOADED says that `load` is used: its tables must then be of the kind that can be written.
module sw_rom #(
    parameter WIDTH = 8,
    parameter DEPTH = 1,
    parameter BITS = 1,   // of an address
    parameter FILE = "",
    parameter LOADED = 0
) (
    input                  clk,
    input                  enable,
    input       [BITS-1:0] address,
    output reg [WIDTH-1:0] word,
    input                  load,
    input       [BITS-1:0] load_address,
    input      [WIDTH-1:0] load_word
);
  localparam TABLES = DEPTH <= 64 || (DEPTH + 63) / 64 * WIDTH <= 32;

  generate
    if (!TABLES) begin : blocks
      (* rom_style = "block", ram_style = "block", no_rw_check *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial if (FILE != "") $readmemh(FILE, words);
      always @(posedge clk) begin
        if (load) words[load_address] <= load_word;
        if (enable) word <= words[address];
      end
    end else if (LOADED) begin : tables
      (* ram_style = "distributed" *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial if (FILE != "") $readmemh(FILE, words);
      always @(posedge clk) begin
        if (load) words[load_address] <= load_word;
        if (enable) word <= words[address];
      end
    end else begin : constants
      // The first attribute is for Vivado, the second for Yosys, which has no name for tables that are only read.
      (* rom_style = "distributed", ram_style = "logic" *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial if (FILE != "") $readmemh(FILE, words);
      always @(posedge clk) if (enable) word <= words[address];
    end
  endgenerate
endmodule
