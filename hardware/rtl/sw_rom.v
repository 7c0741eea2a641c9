// A memory that is read at a rising edge when `enable` is high, and may be loaded at run time.
// FILE holds DEPTH words in hex, one a line. With DEPTH 1 it is a constant.
module sw_rom #(
    parameter WIDTH = 8,
    parameter DEPTH = 1,
    parameter BITS = 1,   // of an address
    parameter FILE = ""
) (
    input                  clk,
    input                  enable,
    input       [BITS-1:0] address,
    output reg [WIDTH-1:0] word,
    input                  load,
    input       [BITS-1:0] load_address,
    input      [WIDTH-1:0] load_word
);
  reg [WIDTH-1:0] words[0:DEPTH-1];

  initial if (FILE != "") $readmemh(FILE, words);

  always @(posedge clk) begin
    if (load) words[load_address] <= load_word;
    if (enable) word <= words[address];
  end
endmodule
