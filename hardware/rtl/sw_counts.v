// In front of a layer that takes the largest of a window: how much each neuron of the source has sent in an inference. An event
// goes on with the count of its neuron, its own number in, in the place of that number.
//
// REPLAY 0  every event goes on, one a cycle, a cycle after it came: right as long as counts only grow
//        1  events are only counted, one a cycle; before each token the counts of all neurons are sent, in order, one a cycle
//        2  the same, but before the last token of an inference only
//
// Counts begin at OFFSET, so that those below zero have no sign. They are cleared, a neuron a cycle, after a reset and after the
// last token, with REPLAY while they are sent; nothing is taken meanwhile.
module sw_counts #(
    parameter C_SIZE = 1,
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter VALUE = 1,
    parameter TIMES = 0,      // what a value says, see sw_taps
    parameter COUNT = 4,      // bits of a count
    parameter OFFSET = 0,
    parameter REPLAY = 0,
    parameter STEPS = 1,      // tokens of an inference
    parameter STEP_BITS = 1
) (
    input                   clk,
    input                   rst,
    input                   in_valid,
    output                  in_ready,
    input                   in_token,
    input      [C_BITS-1:0] in_c,
    input      [Y_BITS-1:0] in_y,
    input      [X_BITS-1:0] in_x,
    input       [VALUE-1:0] in_value,
    output                  out_valid,
    input                   out_ready,
    output                  out_token,
    output     [C_BITS-1:0] out_c,
    output     [Y_BITS-1:0] out_y,
    output     [X_BITS-1:0] out_x,
    output      [COUNT-1:0] out_value
);
  localparam PLACE = C_BITS + Y_BITS + X_BITS;
  localparam [COUNT-1:0] NOTHING = OFFSET;

  // ---- the walk over all neurons ----
  reg walks, walked;              // under way; over, and the token may follow
  reg [C_BITS-1:0] c;
  reg [Y_BITS-1:0] y;
  reg [X_BITS-1:0] x;
  reg [STEP_BITS-1:0] step;
  reg starting;                   // the walk after a reset, of which nothing is sent
  wire last_x = x == X_SIZE - 1;
  wire last_y = y == Y_SIZE - 1;
  wire last_step = step == STEPS - 1;
  wire walk_ends = last_x && last_y && c == C_SIZE - 1;
  wire replays = REPLAY == 1 || (REPLAY == 2 && last_step);
  wire first_replay = in_valid && in_token && replays && !walked;

  // ---- one event at a time ----
  reg held, token, shown, clears, forwarded;
  reg [PLACE-1:0] place;
  reg signed [COUNT:0] change;
  reg [COUNT-1:0] fetched, written;
  reg [COUNT-1:0] counts[0:(1<<PLACE)-1];

  wire [COUNT-1:0] count = (forwarded ? written : fetched) + change[COUNT-1:0];
  wire [COUNT-1:0] kept = clears ? NOTHING : count;
  wire moves = !held || !shown || out_ready;
  wire take = moves && in_valid && !walks && !first_replay;
  wire [PLACE-1:0] next = walks ? {c, y, x} : {in_c, in_y, in_x};
  wire changes = held && !token && moves;

  assign in_ready = moves && !walks && !first_replay;
  assign out_valid = held && shown;
  assign out_token = token;
  assign {out_c, out_y, out_x} = place;
  assign out_value = count;

  wire signed [COUNT:0] number;
  generate
    if (TIMES == 3) assign number = $signed(in_value);
    else if (TIMES == 2) assign number = $signed({1'b0, in_value});
    else assign number = TIMES == 1 && in_value[0] ? {COUNT + 1{1'b1}} : {{COUNT{1'b0}}, 1'b1};
  endgenerate

  always @(posedge clk) begin
    if (changes) counts[place] <= kept;
    if (moves) begin
      fetched <= counts[next];
      forwarded <= held && !token && place == next;
      written <= kept;
      place <= next;
      change <= walks ? {COUNT + 1{1'b0}} : number;
      token <= !walks && in_token;
      shown <= walks ? REPLAY != 0 && !starting : in_token || REPLAY == 0;
      clears <= walks && (REPLAY == 0 || starting || last_step);
    end
    if (rst) begin
      held <= 1'b0;
      walks <= 1'b1;
      walked <= 1'b0;
      starting <= 1'b1;
      {c, y, x} <= 0;
      step <= 0;
    end else begin
      if (moves) held <= walks || take;
      if (moves && walks) begin
        x <= last_x ? 0 : x + 1'b1;
        if (last_x) y <= last_y ? 0 : y + 1'b1;
        if (last_x && last_y) c <= walk_ends ? 0 : c + 1'b1;
        if (walk_ends) begin
          walks <= 1'b0;
          walked <= !starting;
          starting <= 1'b0;
        end
      end
      if (moves && !walks && first_replay) walks <= 1'b1;
      if (take && in_token) begin
        walked <= 1'b0;
        step <= last_step ? 0 : step + 1'b1;
        if (REPLAY == 0 && last_step) walks <= 1'b1;
      end
    end
  end
endmodule
