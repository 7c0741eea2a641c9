// What a core answers: the class, the steps that were taken, and the logits of all neurons of the output, row-major.
//
// A read-out (sw_tally, sw_levels) says `step_done` when the logits after a step are there. Then they are looked through, one
// neuron a cycle. The class is that of the largest logit, the lowest of equal ones. A step is the last one of an inference when
// it is number STEPS, or when RULE says stop:
//   RULE 0: never.  1: largest - second largest >= HEIGHT (TerminateDelta).  2: largest >= HEIGHT (TerminateMax).
//
// Reading: when `fetch` is high the neuron at (c, y, x) is read, and `logit` is its logit from the next cycle on, until another
// fetch; with `clear` what is kept of it is set to nothing at the same edge.
//
// With N neurons, in cycle 0 `step_done` is high and nothing else is going on:
//   a step that cannot be the last one (RULE 0, not number STEPS): `taken` in cycle 0, which makes `step_done` low in cycle 1
//   else 1 .. N fetches; in N + 3, with a RULE in N + 4, `over`, or, when it is not the last one, `taken`
//   after `over`, from the next cycle on, N + 2 words of an answer, each for as long as `answer_ready` is low; the last one gives `taken`
// After a reset the N neurons are cleared in N cycles.
module sw_decide #(
    parameter C_SIZE = 1,
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter CLASS_BITS = 1,  // of the number of a neuron
    parameter LOGIT = 8,       // bits of a logit, with a sign
    parameter STEPS = 1,
    parameter STEP_BITS = 1,   // of a number up to STEPS
    parameter EACH = 1,        // `step_done` comes after each step; 0: after the last one only
    parameter RULE = 0,
    parameter HEIGHT = 1,      // above 0
    parameter ANSWER = 9       // bits of a word of the answer: all of the above fit, with a sign
) (
    input clk,
    input rst,

    input  step_done,
    output taken,     // the step is over; the logits may change
    output over,      // it was the last one
    output early,     // `over`, and the layers are still at work

    output reg [C_BITS-1:0] c,
    output reg [Y_BITS-1:0] y,
    output reg [X_BITS-1:0] x,
    output                  last_c,
    output                  last_y,
    output                  last_x,
    output                  fetch,
    output                  clearing,  // after a reset: nobody may tally
    output                  clear,
    input signed [LOGIT-1:0] logit,

    output                  answer_valid,
    input                   answer_ready,
    output reg [ANSWER-1:0] answer_word,
    output                  answer_last
);
  localparam N = C_SIZE * Y_SIZE * X_SIZE;
  localparam BEFORE = EACH ? 0 : STEPS - 1;  // steps before the first that is seen
  localparam CLEAR = 0, WAIT = 1, LOOK = 2, JUDGE = 3, CLASS = 4, TAKEN = 5, LOGITS = 6;

  reg [2:0] state;
  reg [STEP_BITS-1:0] step;
  reg looking, seeing;                 // `logit` is that of a neuron; `seen` is that of neuron `number`
  reg [CLASS_BITS-1:0] number, best_number;
  reg signed [LOGIT-1:0] seen, best, second;
  reg some, several;                   // there is a best one, a second one
  reg [LOGIT:0] lead;                  // by how much it leads, `weighed` when that of all neurons is there
  reg weighed;

  assign last_c = c == C_SIZE - 1;
  assign last_y = y == Y_SIZE - 1;
  assign last_x = x == X_SIZE - 1;
  wire last_place = last_c && last_y && last_x;
  wire last_step = step == STEPS - 1;
  wire [LOGIT:0] leads = {best[LOGIT-1], best} - {second[LOGIT-1], second};
  wire rule = RULE == 1 ? several && lead >= HEIGHT : RULE == 2 && !best[LOGIT-1] && best[LOGIT-1:0] >= HEIGHT;
  wire judged = state == JUDGE && !looking && !seeing && (RULE == 0 || weighed);
  wire passed = answer_valid && answer_ready;
  wire wanted = RULE != 0 || last_step;

  assign answer_valid = state == CLASS || state == TAKEN || state == LOGITS;
  assign answer_last = state == LOGITS && number == N - 1;
  assign over = judged && (last_step || rule);
  assign early = judged && !last_step && rule;
  assign taken = state == WAIT && step_done && !wanted || judged && !over || passed && answer_last;
  assign fetch = state == CLEAR || state == LOOK || passed && (state == TAKEN || state == LOGITS && !answer_last);
  assign clear = state != LOOK;
  assign clearing = state == CLEAR;

  always @*
    case (state)
      CLASS:   answer_word = {{(ANSWER - CLASS_BITS) {1'b0}}, best_number};
      TAKEN:   answer_word = {{(ANSWER - STEP_BITS) {1'b0}}, step} + 1'b1;
      default: answer_word = {{(ANSWER - LOGIT) {logit[LOGIT-1]}}, logit};
    endcase

  always @(posedge clk) begin
    looking <= state == LOOK;
    seeing <= looking;
    seen <= logit;
    weighed <= state == JUDGE && !looking && !seeing;
    lead <= leads;
    if (seeing) begin
      some <= 1'b1;
      several <= some;
      if (!some || seen > best) begin
        best <= seen;
        best_number <= number;
        second <= best;
      end else if (!several || seen > second) second <= seen;
    end else if (state == WAIT) begin
      some <= 1'b0;
      several <= 1'b0;
    end
    if (seeing || (passed && state == LOGITS)) number <= number + 1'b1;
    else if (state == WAIT || state == CLASS) number <= 0;
  end

  always @(posedge clk)
    if (rst) begin
      state <= CLEAR;
      step <= BEFORE;
      c <= 0;
      y <= 0;
      x <= 0;
    end else begin
      if (fetch) begin
        x <= last_x ? 0 : x + 1'b1;
        if (last_x) y <= last_y ? 0 : y + 1'b1;
        if (last_x && last_y) c <= last_c ? 0 : c + 1'b1;
      end
      if (taken) step <= answer_last ? BEFORE : step + 1'b1;
      case (state)
        CLEAR:   if (last_place) state <= WAIT;
        WAIT:    if (step_done && wanted) state <= LOOK;
        LOOK:    if (last_place) state <= JUDGE;
        JUDGE:   if (judged) state <= over ? CLASS : WAIT;
        CLASS:   if (passed) state <= TAKEN;
        TAKEN:   if (passed) state <= LOGITS;
        default: if (passed && answer_last) state <= WAIT;
      endcase
    end
endmodule
