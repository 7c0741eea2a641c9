// The same, CYCLES later; zero meanwhile after a reset. While `moves` is low, it stays as it is.
module sw_delay #(
    parameter WIDTH = 1,
    parameter CYCLES = 1
) (
    input              clk,
    input              moves,
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
      always @(posedge clk)
        if (rst) line <= {CYCLES * WIDTH{1'b0}};
        else if (moves) line <= moved[CYCLES*WIDTH-1:0];
    end
  endgenerate
endmodule
