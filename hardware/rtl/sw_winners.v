// Neurons of which one at most fires in a step, and then inhibits the others: the law of snn/learning/fixed.py. P lanes, GROUPS
// rows of them; an event is the number of an input that fires, a token ends a step.
//
//   event    GROUPS cycles: row g gets the weights of the input for its neurons, two cycles after the event for g = 0
//   token    GROUPS + 1 cycles look for the neuron furthest above its threshold, the lowest of equal ones; GROUPS write what the
//            next step begins with; then the winner is sent, if there is one, and the token: at least a cycle each
// Cycle 0 takes the token: rows are looked at in 2 .. GROUPS + 1, written in GROUPS + 2 .. 2 GROUPS + 1; the first word is valid in
// 2 GROUPS + 2, and after the token the next event is taken. After a reset GROUPS cycles clear the rows.
//
// A word holds V - (V LEAK >> LEAK_SHIFT) - inhibition + all that has arrived in the step; U is it, saturated once.
module sw_winners #(
    parameter IN_BITS = 1,      // of the number of an input
    parameter NEURONS = 1,
    parameter N_BITS = 1,       // of the number of a neuron
    parameter P = 1,
    parameter GROUPS = 1,
    parameter G_BITS = 1,
    parameter ROWS = 2,         // of the weights: {input, group}
    parameter WEIGHT = 8,       // bits of a weight, which has no sign
    parameter THRESHOLD = 16,   // bits of a threshold, which has a sign
    parameter POTENTIAL = 16,
    parameter WORD = 17,
    parameter LEAK = 0,
    parameter LEAK_SHIFT = 10,
    parameter INHIBITION = 0,
    parameter DEAF = 0,         // steps in which a neuron hears nothing after its spike
    parameter D_BITS = 1,       // of a number up to DEAF
    parameter STEPS = 1,
    parameter STEP_BITS = 1,    // of a number below STEPS
    parameter W_FILE = "",
    parameter W_COLUMN = 0,     // see sw_rom
    parameter T_FILE = ""
) (
    input clk,
    input rst,

    input                event_valid,
    output               event_ready,
    input                event_token,
    input  [IN_BITS-1:0] event_c,

    output                   out_valid,
    input                    out_ready,
    output                   out_token,
    output reg  [N_BITS-1:0] out_c
);
  localparam BEGIN = 0, GATHER = 1, LOOK = 2, WRITE = 3, SEND = 4, TOKEN = 5;
  localparam signed [WORD-1:0] TOP = {{(WORD - POTENTIAL + 1) {1'b0}}, {(POTENTIAL - 1) {1'b1}}};
  localparam signed [WORD-1:0] BOTTOM = ~TOP;

  reg [2:0] state;
  reg busy;             // rows get the weights of `source`; `adds1`: the row before does
  reg adds1, looks1, looked;
  reg some;             // a neuron is at its threshold: `out_c` is the furthest above, by `best`
  reg [IN_BITS-1:0] source;
  reg [G_BITS-1:0] group, group1;
  reg [STEP_BITS-1:0] step;
  reg signed [WORD:0] best;

  wire last_group = group == GROUPS - 1;
  wire last_step = step == STEPS - 1;
  wire take = event_valid && event_ready;
  assign event_ready = state == GATHER && (!busy || last_group);
  assign out_valid = state == SEND || state == TOKEN;
  assign out_token = state == TOKEN;

  wire [P*WEIGHT-1:0] weights1;
  wire [P*THRESHOLD-1:0] thresholds1;
  sw_rom #(.WIDTH(P * WEIGHT), .DEPTH(ROWS), .BITS(IN_BITS + G_BITS), .FILE(W_FILE), .COLUMN(W_COLUMN)) weights (
      .clk(clk), .enable(1'b1), .address({source, group}), .word(weights1),
      .load(1'b0), .load_address({(IN_BITS + G_BITS) {1'b0}}), .load_word({P * WEIGHT{1'b0}}));
  sw_rom #(.WIDTH(P * THRESHOLD), .DEPTH(GROUPS), .BITS(G_BITS), .FILE(T_FILE)) thresholds (
      .clk(clk), .enable(1'b1), .address(group), .word(thresholds1),
      .load(1'b0), .load_address({G_BITS{1'b0}}), .load_word({P * THRESHOLD{1'b0}}));

  // ---- the rows: one is read and written in a cycle ----
  (* ram_style = "distributed" *) reg [P*WORD-1:0] words[0:GROUPS-1];
  (* ram_style = "distributed" *) reg [P*D_BITS-1:0] deafs[0:GROUPS-1];
  wire [G_BITS-1:0] row = state == GATHER || state == LOOK ? group1 : group;
  wire [P*WORD-1:0] now = words[row];
  wire [P*D_BITS-1:0] deaf = deafs[row];
  wire ends = state == BEGIN || last_step;
  reg [P*WORD-1:0] sums, next;
  reg [P*D_BITS-1:0] next_deaf;
  reg better;
  reg signed [WORD:0] best_next;
  reg [N_BITS-1:0] winner_next;
  reg signed [WORD-1:0] word, kept;
  reg signed [POTENTIAL-1:0] U;
  reg signed [WORD:0] excess;
  reg signed [POTENTIAL+LEAK_SHIFT:0] lost;
  reg mine;
  integer n;

  always @* begin
    sums = now;
    next = now;
    next_deaf = deaf;
    better = 1'b0;
    best_next = best;
    winner_next = out_c;
    for (n = 0; n < P; n = n + 1) begin
      word = now[n*WORD+:WORD];
      sums[n*WORD+:WORD] = word + $signed({1'b0, weights1[n*WEIGHT+:WEIGHT]});
      U = word > TOP ? TOP[POTENTIAL-1:0] : word < BOTTOM ? BOTTOM[POTENTIAL-1:0] : word[POTENTIAL-1:0];
      if (deaf[n*D_BITS+:D_BITS] != 0) U = 0;
      excess = U - $signed(thresholds1[n*THRESHOLD+:THRESHOLD]);
      if (group1 * P + n < NEURONS && excess >= 0 && (!(some || better) || excess > best_next)) begin
        better = 1'b1;
        best_next = excess;
        winner_next = group1 * P + n;
      end
      mine = some && out_c == group * P + n;
      if (mine) U = 0;
      lost = U * $signed(LEAK);
      lost = lost >>> LEAK_SHIFT;
      kept = U - lost;
      if (some && !mine) kept = kept - INHIBITION;
      next[n*WORD+:WORD] = ends ? {WORD{1'b0}} : kept;
      if (ends) next_deaf[n*D_BITS+:D_BITS] = 0;
      else if (mine) next_deaf[n*D_BITS+:D_BITS] = DEAF;
      else if (deaf[n*D_BITS+:D_BITS] != 0) next_deaf[n*D_BITS+:D_BITS] = deaf[n*D_BITS+:D_BITS] - 1'b1;
    end
  end

  always @(posedge clk) begin
    if (adds1) words[row] <= sums;
    else if (state == BEGIN || state == WRITE) begin
      words[row] <= next;
      deafs[row] <= next_deaf;
    end
    if (looks1 && better) begin
      best <= best_next;
      out_c <= winner_next;
    end
    group1 <= group;
    if (take) source <= event_c;
  end

  always @(posedge clk)
    if (rst) begin
      state <= BEGIN;
      group <= 0;
      busy <= 1'b0;
      adds1 <= 1'b0;
      looks1 <= 1'b0;
      looked <= 1'b0;
      some <= 1'b0;
      step <= 0;
    end else begin
      adds1 <= busy;
      looks1 <= state == LOOK && !looked;
      if (looks1 && better) some <= 1'b1;
      if (busy || state == BEGIN || (state == LOOK && !looked) || state == WRITE)
        group <= last_group ? 0 : group + 1'b1;
      case (state)
        BEGIN: if (last_group) state <= GATHER;
        GATHER: begin
          if (!busy || last_group) busy <= take && !event_token;
          if (take && event_token) state <= LOOK;
        end
        LOOK: begin
          looked <= !looked && last_group;
          if (looked) state <= WRITE;
        end
        WRITE:
        if (last_group) begin
          step  <= last_step ? 0 : step + 1'b1;
          state <= some ? SEND : TOKEN;
        end
        SEND: if (out_ready) state <= TOKEN;
        default:
        if (out_ready) begin
          some  <= 1'b0;
          state <= GATHER;
        end
      endcase
    end
endmodule
