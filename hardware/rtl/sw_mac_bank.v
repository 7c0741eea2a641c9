// One bank of an activation buffer: written and read at any time, in different halves. Holds zeros until it is written.
//
//   cycle 0  address          cycle 1  `word`
//
// STYLE 0: rows of look-up tables. 1: block memories.
module sw_mac_bank #(
    parameter WIDTH = 8,
    parameter DEPTH = 2,
    parameter BITS = 1,   // of an address
    parameter STYLE = 0
) (
    input                  clk,
    input                  write,
    input       [BITS-1:0] write_address,
    input      [WIDTH-1:0] write_word,
    input       [BITS-1:0] address,
    output reg [WIDTH-1:0] word
);
  integer n;
  generate
    if (STYLE == 0) begin : tables
      (* ram_style = "distributed" *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial for (n = 0; n < DEPTH; n = n + 1) words[n] = {WIDTH{1'b0}};
      always @(posedge clk) begin
        if (write) words[write_address] <= write_word;
        word <= words[address];
      end
    end else begin : blocks
      (* ram_style = "block", no_rw_check *) reg [WIDTH-1:0] words[0:DEPTH-1];
      initial for (n = 0; n < DEPTH; n = n + 1) words[n] = {WIDTH{1'b0}};
      always @(posedge clk) begin
        if (write) words[write_address] <= write_word;
        word <= words[address];
      end
    end
  endgenerate
endmodule
