// One physical neuron. Its word holds V + drive + all that has arrived in the step, exactly; it is saturated once, when the
// step ends.
//
//   cycle 3  sum = word + tap, or, in a sweep: U = sat(word), fires if word >= threshold
//   cycle 4  V = U - threshold, or 0, if it fired, else U
//   cycle 5  the word of the next step: V - (V >> LEAK) + drive
module sw_lane #(
    parameter WORD = 17,       // bits of the word
    parameter POTENTIAL = 16,  // bits of V, to which U is saturated
    parameter TAP = 8,
    parameter THRESHOLD = 16,
    parameter DRIVE = 8,       // bits of what flows in in every step
    parameter FIRES = 1,       // 0: an integrator
    parameter RESET_ZERO = 0,
    parameter LEAK = 0         // shift of the leak, 0: none
) (
    input                              clk,
    input signed           [ WORD-1:0] word,
    input signed           [  TAP-1:0] tap,
    input signed      [THRESHOLD-1:0] threshold3,
    input signed      [THRESHOLD-1:0] threshold4,
    input                              begin4,      // V is to be `initial4`
    input signed      [POTENTIAL-1:0] initial4,
    input signed          [ DRIVE-1:0] drive5,
    output signed          [ WORD-1:0] sum,
    output reg                         fired4,
    output reg signed [POTENTIAL-1:0] potential4,  // U
    output reg signed      [ WORD-1:0] word6
);
  localparam signed [WORD-1:0] TOP = {{(WORD - POTENTIAL + 1) {1'b0}}, {(POTENTIAL - 1) {1'b1}}};
  localparam signed [WORD-1:0] BOTTOM = ~TOP;

  reg signed [POTENTIAL-1:0] rest5;
  wire signed [POTENTIAL-1:0] lost5;
  wire signed [POTENTIAL-1:0] less4 = potential4 - threshold4;

  generate
    if (LEAK == 0) assign lost5 = 0;
    else assign lost5 = rest5 >>> LEAK;
  endgenerate

  assign sum = word + tap;

  always @(posedge clk) begin
    fired4 <= FIRES && word >= threshold3;
    potential4 <= word > TOP ? TOP[POTENTIAL-1:0] : word < BOTTOM ? BOTTOM[POTENTIAL-1:0] : word[POTENTIAL-1:0];
    if (begin4) rest5 <= initial4;
    else if (fired4) rest5 <= RESET_ZERO ? {POTENTIAL{1'b0}} : less4;
    else rest5 <= potential4;
    word6 <= rest5 - lost5 + drive5;
  end
endmodule
