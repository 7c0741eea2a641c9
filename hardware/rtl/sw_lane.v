// One physical neuron. Its word holds V + drive + all that has arrived in the step, exactly; it is saturated once, when the
// step ends. What it then sends, and what is left, is the law of its KIND, a module of its own.
//
//   cycle 3         sum = word + tap (a "gate": the larger of the two), or, in a sweep: U = sat(word)
//   cycle 4 + LATE  the law gives the number that is sent (0: none), V, and what it wants to know in the next step (memo)
//   cycle 5 + LATE  the word of the next step: V - (V >> LEAK) + drive; of a "latched" one the word as it was, since its
//                   drive flows on with what has arrived
module sw_lane #(
    parameter KIND = "if",     // sw_lane_if, sw_lane_signed, ...; "none" never sends
    parameter WORD = 17,       // bits of the word
    parameter POTENTIAL = 16,  // bits of V, to which U is saturated
    parameter TAP = 8,
    parameter THRESHOLD = 16,
    parameter THRESHOLDS = 1,  // how many thresholds it has
    parameter DRIVE = 8,       // bits of what flows in in every step
    parameter NUMBER = 1,      // bits of what it sends
    parameter MEMO = 1,        // bits of what it remembers
    parameter RESET_ZERO = 0,
    parameter LEAK = 0,        // shift of the leak, 0: none
    parameter LIMIT = 0,       // of the kinds that have one
    parameter SLOT = 1,        // of "ramp", see sw_lane_ramp
    parameter SLOT_SHIFT = 0,
    parameter OFFSET = 0,      // of "gate", see sw_lane_gate
    parameter FRESH = 0,
    parameter DEAF = 1,        // of "deaf", see sw_lane_deaf
    parameter SATURATED = POTENTIAL  // bits to which U is saturated, where V may be wider
) (
    input                              clk,
    input                              sweeps,
    input signed           [ WORD-1:0] word3,
    input signed            [ TAP-1:0] tap3,
    input [THRESHOLDS*THRESHOLD-1:0]   thresholds3,
    input                   [MEMO-1:0] memo3,
    output signed          [ WORD-1:0] sum3,
    output                [NUMBER-1:0] number4,
    output                  [MEMO-1:0] memo4,
    output signed     [POTENTIAL-1:0] left4,
    input                              begin4,     // V is to be `initial4`
    input signed      [POTENTIAL-1:0] initial4,
    input signed          [ DRIVE-1:0] drive5,
    output reg signed      [ WORD-1:0] word6
);
  localparam signed [WORD-1:0] TOP = {{(WORD - SATURATED + 1) {1'b0}}, {(SATURATED - 1) {1'b1}}};
  localparam signed [WORD-1:0] BOTTOM = ~TOP;

  generate
    if (KIND == "gate") assign sum3 = tap3 > word3 ? tap3 : word3;
    else assign sum3 = word3 + tap3;
  endgenerate

  reg signed [POTENTIAL-1:0] potential4;
  wire signed [WORD-1:0] current4;  // that of a neuron whose inputs stay on
  always @(posedge clk)
    if (sweeps)
      potential4 <= word3 > TOP ? TOP[POTENTIAL-1:0] : word3 < BOTTOM ? BOTTOM[POTENTIAL-1:0] : word3[POTENTIAL-1:0];

  generate
    if (KIND == "if") begin : law
      sw_lane_if #(.WORD(WORD), .POTENTIAL(POTENTIAL), .THRESHOLD(THRESHOLD), .RESET_ZERO(RESET_ZERO)) fire (
          .clk(clk), .sweeps(sweeps), .word3(word3), .threshold3(thresholds3), .potential4(potential4),
          .number4(number4), .left4(left4));
      assign memo4 = memo3;
    end else if (KIND == "signed") begin : law
      sw_lane_signed #(.WORD(WORD), .POTENTIAL(POTENTIAL), .THRESHOLD(THRESHOLD), .COUNT(MEMO), .LIMIT(LIMIT)) fire (
          .clk(clk), .sweeps(sweeps), .word3(word3), .threshold3(thresholds3), .count3(memo3), .potential4(potential4),
          .number4(number4), .count4(memo4), .left4(left4));
    end else if (KIND == "ternary") begin : law
      sw_lane_ternary #(.WORD(WORD), .POTENTIAL(POTENTIAL), .THRESHOLD(THRESHOLD)) fire (
          .clk(clk), .sweeps(sweeps), .word3(word3), .threshold3(thresholds3[THRESHOLD-1:0]),
          .negative3(thresholds3[2*THRESHOLD-1-:THRESHOLD]), .potential4(potential4), .number4(number4), .left4(left4));
      assign memo4 = memo3;
    end else if (KIND == "burst") begin : law
      sw_lane_burst #(.POTENTIAL(POTENTIAL), .THRESHOLD(THRESHOLD), .NUMBER(NUMBER), .LIMIT(LIMIT)) fire (
          .clk(clk), .sweeps(sweeps), .threshold3(thresholds3), .potential4(potential4), .number4(number4), .left4(left4));
      assign memo4 = memo3;
    end else if (KIND == "ramp") begin : law
      sw_lane_ramp #(.POTENTIAL(POTENTIAL), .NUMBER(NUMBER), .LIMIT(LIMIT), .SLOT(SLOT), .SHIFT(SLOT_SHIFT)) fire (
          .clk(clk), .sweeps(sweeps), .potential4(potential4), .number4(number4));
      assign left4 = {POTENTIAL{1'b0}};
      assign memo4 = memo3;
    end else if (KIND == "gate") begin : law
      sw_lane_gate #(.WORD(WORD), .POTENTIAL(POTENTIAL), .SENT(MEMO), .NUMBER(NUMBER), .LIMIT(LIMIT), .OFFSET(OFFSET),
                     .FRESH(FRESH)) fire (
          .clk(clk), .sweeps(sweeps), .word3(word3), .sent3(memo3), .potential4(potential4), .number4(number4),
          .sent4(memo4), .left4(left4));
    end else if (KIND == "deaf") begin : law
      sw_lane_deaf #(.WORD(WORD), .POTENTIAL(POTENTIAL), .THRESHOLD(THRESHOLD), .RESET_ZERO(RESET_ZERO), .DEAF(DEAF),
                     .MEMO(MEMO)) fire (
          .clk(clk), .sweeps(sweeps), .word3(word3), .threshold3(thresholds3), .memo3(memo3), .potential4(potential4),
          .number4(number4), .memo4(memo4), .left4(left4));
    end else if (KIND == "latched") begin : law
      wire [MEMO-1:0] after4;
      sw_lane_latched #(.WORD(WORD), .POTENTIAL(POTENTIAL), .THRESHOLD(THRESHOLD)) fire (
          .clk(clk), .sweeps(sweeps), .word3(word3), .threshold3(thresholds3), .memo3(memo3), .number4(number4),
          .memo4(after4), .left4(left4), .current4(current4));
      assign memo4 = begin4 ? {1'b0, initial4} : after4;
    end else if (KIND == "stepped") begin : law
      sw_lane_stepped #(.POTENTIAL(POTENTIAL), .THRESHOLD(THRESHOLD), .RESET_ZERO(RESET_ZERO)) fire (
          .clk(clk), .sweeps(sweeps), .threshold3(thresholds3[THRESHOLD-1:0]),
          .reset3(thresholds3[2*THRESHOLD-1-:THRESHOLD]), .potential4(potential4), .number4(number4), .left4(left4));
      assign memo4 = memo3;
    end else begin : law
      assign number4 = {NUMBER{1'b0}};
      assign left4 = potential4;
      assign memo4 = memo3;
    end
  endgenerate

  reg signed [POTENTIAL-1:0] rest5;
  wire signed [POTENTIAL-1:0] lost5;
  generate
    if (LEAK == 0) assign lost5 = 0;
    else assign lost5 = rest5 >>> LEAK;
  endgenerate

  generate
    if (KIND == "latched") begin : current
      reg signed [WORD-1:0] current5;
      reg begin5;
      always @(posedge clk) if (sweeps) begin
        current5 <= begin4 ? {WORD{1'b0}} : current4;
        begin5 <= begin4;
        if (begin5) word6 <= drive5;
        else word6 <= current5;
      end
    end else begin : potential
      assign current4 = {WORD{1'b0}};
      always @(posedge clk) if (sweeps) begin
        if (begin4) rest5 <= initial4;
        else rest5 <= left4;
        word6 <= rest5 - lost5 + drive5;
      end
    end
  endgenerate
endmodule
