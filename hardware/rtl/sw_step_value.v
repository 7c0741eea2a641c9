// The number that goes with what is sent in a step: VALUES holds one for each, the first lowest. A token ends a step.
module sw_step_value #(
    parameter STEPS = 1,
    parameter STEP_BITS = 1,
    parameter VALUE = 1,
    parameter [STEPS*VALUE-1:0] VALUES = 0
) (
    input              clk,
    input              rst,
    input              token,  // one is sent in this cycle
    output [VALUE-1:0] value
);
  reg [STEP_BITS-1:0] step;
  assign value = VALUES[step*VALUE+:VALUE];

  always @(posedge clk)
    if (rst) step <= 0;
    else if (token) step <= step == STEPS - 1 ? 0 : step + 1'b1;
endmodule
