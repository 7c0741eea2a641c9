// Whether the frames of an AXI stream are those that a core takes: TLAST stands at the last of every COUNT units (pixels, or
// tokens), and only there. `misframed` is high from the cycle after the first word that breaks this on, until a reset. It changes
// nothing else: a core goes by its own count.
module sw_frame #(
    parameter COUNT = 1,
    parameter BITS = 1    // of a number below COUNT
) (
    input      clk,
    input      rst,
    input      moves,     // a word is taken
    input      unit,      // which is the next of the COUNT
    input      last,
    output reg misframed
);
  reg [BITS-1:0] count;
  wire ends = unit && count == COUNT - 1;

  always @(posedge clk)
    if (rst) begin
      count <= 0;
      misframed <= 1'b0;
    end else if (moves) begin
      if (unit) count <= ends ? 0 : count + 1'b1;
      if (last != ends) misframed <= 1'b1;
    end
endmodule
