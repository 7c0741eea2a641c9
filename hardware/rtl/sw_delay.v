// The same, CYCLES later; zero meanwhile after a reset.
module sw_delay #(
    parameter WIDTH = 1,
    parameter CYCLES = 1
) (
    input              clk,
    input              rst,
    input  [WIDTH-1:0] in,
    output [WIDTH-1:0] out
);
  generate
    if (CYCLES == 0) begin : none
      assign out = in;
    end else begin : some
      reg [CYCLES*WIDTH-1:0] line;
      assign out = line[CYCLES*WIDTH-1-:WIDTH];
      wire [(CYCLES+1)*WIDTH-1:0] moved = {line, in};
      always @(posedge clk) line <= rst ? {CYCLES * WIDTH{1'b0}} : moved[CYCLES*WIDTH-1:0];
    end
  endgenerate
endmodule
