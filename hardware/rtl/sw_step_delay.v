// A queue in which events arrive DELAY steps later: in front of the steps of an inference it gives DELAY tokens, and takes the
// events of the last DELAY steps without keeping them.
//
// Its memory must hold all events of DELAY steps with their tokens. Then nobody ever waits for ever, in circles neither: of all
// layers take the one that is behind in its steps, the first in the order of the network. What it reads without delay, those
// before it have sent; what it reads with a delay lies here or has been given; and what it sends is taken, by readers that wait
// for this step, and by the queues of delay, from which every reader has taken all steps that lie DELAY or more behind.
//
//   A word goes out two cycles after it came, at the earliest; a word a cycle on both sides. The tokens in front of the steps are
//   there from the cycle after `begins` of their inference on, when the last token of the one before has gone.
module sw_step_delay #(
    parameter WIDTH = 8,      // of an event; its lowest bit says whether it is a token
    parameter DEPTH = 16,     // words, DELAY > 0 only needs those of steps that are kept
    parameter BITS = 4,       // of the number of a word
    parameter STEPS = 1,      // of an inference
    parameter STEP_BITS = 1,
    parameter DELAY = 1       // at most STEPS
) (
    input                  clk,
    input                  rst,
    input                  in_valid,
    output                 in_ready,
    input      [WIDTH-1:0] in_word,
    input                  begins,  // another inference has begun, see sw_begins
    output                 out_valid,
    input                  out_ready,
    output     [WIDTH-1:0] out_word
);
  (* ram_style = "block" *) reg [WIDTH-1:0] words[0:DEPTH-1];
  reg [BITS:0] stored;                   // words in the memory
  reg [BITS-1:0] written, fetched;       // where the next word goes to, and the next one comes from
  reg shown;                             // `head` is the oldest word
  reg [WIDTH-1:0] head;
  reg [STEP_BITS-1:0] in_step, out_step;
  reg [15:0] begun;                      // inferences whose first tokens are to be given

  wire keeps = in_step < STEPS - DELAY;
  wire empty_step = out_step < DELAY;
  wire store = in_valid && in_ready && keeps;
  wire give = out_valid && out_ready;
  wire fetch = stored != 0 && (!shown || (give && !empty_step));

  assign in_ready  = !keeps || stored != DEPTH;
  assign out_valid = empty_step ? begun != 0 : shown;
  assign out_word  = empty_step ? {{(WIDTH - 1) {1'b0}}, 1'b1} : head;

  always @(posedge clk) begin
    if (rst) begin
      stored   <= 0;
      written  <= 0;
      fetched  <= 0;
      shown    <= 1'b0;
      in_step  <= 0;
      out_step <= 0;
      begun    <= 0;
    end else begin
      begun <= begun + (begins ? 1'b1 : 1'b0) - (give && out_step == DELAY - 1 ? 1'b1 : 1'b0);
      stored <= stored + (store ? 1'b1 : 1'b0) - (fetch ? 1'b1 : 1'b0);
      if (store) written <= written == DEPTH - 1 ? 0 : written + 1'b1;
      if (fetch) fetched <= fetched == DEPTH - 1 ? 0 : fetched + 1'b1;
      shown <= fetch || (shown && !(give && !empty_step));
      if (in_valid && in_ready && in_word[0]) in_step <= in_step == STEPS - 1 ? 0 : in_step + 1'b1;
      if (give && out_word[0]) out_step <= out_step == STEPS - 1 ? 0 : out_step + 1'b1;
    end
    if (store) words[written] <= in_word;
    if (fetch) head <= words[fetched];
  end
endmodule
