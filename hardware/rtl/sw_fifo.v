// A first-in first-out buffer that shows its oldest word without being asked (first word falls through).
// A word is taken when valid and ready are both high at a rising edge, on either side.
module sw_fifo #(
    parameter WIDTH = 8,
    parameter DEPTH = 16,  // a power of two, at least 2
    parameter BITS = 4     // log2 of DEPTH
) (
    input                  clk,
    input                  rst,
    input                  in_valid,
    output                 in_ready,
    input      [WIDTH-1:0] in_word,
    output                 out_valid,
    input                  out_ready,
    output     [WIDTH-1:0] out_word
);
  reg [WIDTH-1:0] words[0:DEPTH-1];
  reg [BITS:0] written;
  reg [BITS:0] taken;

  wire [BITS:0] held = written - taken;
  assign in_ready  = !held[BITS];
  assign out_valid = held != 0;
  assign out_word  = words[taken[BITS-1:0]];

  always @(posedge clk) begin
    if (rst) begin
      written <= 0;
      taken   <= 0;
    end else begin
      if (in_valid && in_ready) written <= written + 1'b1;
      if (out_valid && out_ready) taken <= taken + 1'b1;
    end
    if (in_valid && in_ready) words[written[BITS-1:0]] <= in_word;
  end
endmodule
