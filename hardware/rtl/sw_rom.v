// A memory that is read at a rising edge when `enable` is high, and may be loaded at run time.
// FILE holds DEPTH words in hex, one a line. With DEPTH 1 it is a constant.
//
// It lies in look-up tables while a bit of all words fits into one of six inputs, or while they are few; in block memories
// beyond. LOADED says that `load` is used: its tables must then be of the kind that can be written.
//
// With COLUMN, block memories hold columns of so many bits of all words, the last one what is left of them: each is a memory of its
// own, which a synthesis tool lays out for itself. Column 12 begins with the file FILE.0012.mem, its part of the words of FILE.
module sw_rom #(
    parameter WIDTH = 8,
    parameter DEPTH = 1,
    parameter BITS = 1,   // of an address
    parameter FILE = "",
    parameter LOADED = 0,
    parameter COLUMN = 0
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

  genvar g;
  generate
    if (!TABLES && COLUMN == 0) begin : blocks
      (* rom_style = "block", ram_style = "block", no_rw_check *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial if (FILE != "") $readmemh(FILE, words);
      always @(posedge clk) begin
        if (load) words[load_address] <= load_word;
        if (enable) word <= words[address];
      end
    end else if (TABLES && LOADED) begin : tables
      (* ram_style = "distributed" *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial if (FILE != "") $readmemh(FILE, words);
      always @(posedge clk) begin
        if (load) words[load_address] <= load_word;
        if (enable) word <= words[address];
      end
    end else if (TABLES) begin : constants
      // The first attribute is for Vivado, the second for Yosys, which has no name for tables that are only read.
      (* rom_style = "distributed", ram_style = "logic" *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial if (FILE != "") $readmemh(FILE, words);
      always @(posedge clk) if (enable) word <= words[address];
    end else begin : columns
      for (g = 0; g * COLUMN < WIDTH; g = g + 1) begin : column
        localparam HERE = (g + 1) * COLUMN < WIDTH ? COLUMN : WIDTH - g * COLUMN;
        localparam [31:0] DIGITS = "0000" + (g / 1000 << 24) + (g / 100 % 10 << 16) + (g / 10 % 10 << 8) + g % 10;
        (* rom_style = "block", ram_style = "block", no_rw_check *) reg [HERE-1:0] words[0:DEPTH-1];
        initial if (FILE != "") $readmemh({FILE, ".", DIGITS, ".mem"}, words);
        always @(posedge clk) begin
          if (load) words[load_address] <= load_word[g*COLUMN+:HERE];
          if (enable) word[g*COLUMN+:HERE] <= words[address];
        end
      end
    end
  endgenerate
endmodule
