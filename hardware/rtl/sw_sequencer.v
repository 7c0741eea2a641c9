// What a layer does when, and which block a sweep has reached; all outputs are of cycle 0 of the pipeline in sw_array.
//
//   BEGIN    once, a block a cycle: every word becomes v0 + drive
//   GATHER   passes are served, until each projection has brought its tokens
//   SWEEP    a block a cycle, as long as there is room for what has fired, and somebody takes the potentials that it gives
//   SETTLED  SETTLE cycles, in which the last words of the sweep are written
//
// With held projections (HELD) an inference begins with a round of its own: they are gathered alone, and its sweep `keeps` what
// they brought and sends nothing.
module sw_sequencer #(
    parameter SOURCES = 1,
    parameter C_STEP = 1,      // channels from a block to the next
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter GROUPS = 1,
    parameter BLOCKS_Y = 1,
    parameter BLOCKS_X = 1,
    parameter R_BITS = 1,
    parameter STEPS = 1,
    parameter STEP_BITS = 1,
    parameter TOKENS = 1,
    parameter TOKEN_BITS = 1,
    parameter DRIVEN_ONCE = 0,
    parameter HELD = 0,
    parameter SETTLE = 5,
    parameter QUEUE = 8,       // blocks that may be under way to be sent
    parameter FIRES = 1,
    parameter READS = 0,       // a sweep gives potentials 0: after the last step, 1: after each
    parameter CONSTANTS = 1,
    parameter PHASES = 1,      // steps that differ from each other
    parameter STEPPED = 0,     // there are constants for each of these
    parameter PHASE_BITS = 1,
    parameter K_BITS = 1
) (
    input                    clk,
    input                    rst,
    input      [SOURCES-1:0] token,
    output reg [SOURCES-1:0] resume,
    input                    sent_on,     // a block that fired has been sent
    input                    read_ready,  // low: a sweep that gives potentials waits
    output     [SOURCES-1:0] allowed,     // projections that may be served
    output                   sweeping,    // a block is issued, to begin or in a sweep
    output                   beginning,
    output reg               keeps,
    output                   sends,       // what fires in this block is sent
    output                   gives,       // its potentials are given
    output                   last_step,
    output                   last_block,
    output reg  [R_BITS-1:0] block,
    output reg  [C_BITS-1:0] c,           // of its first neuron
    output reg  [Y_BITS-1:0] y,
    output reg  [X_BITS-1:0] x,
    output reg  [R_BITS-1:0] constants,   // its row of constants, behind
    output reg  [K_BITS-1:0] base,        // the first one of this step
    output reg [PHASE_BITS-1:0] phase     // the number of the step among PHASES
);
  localparam BEGIN = 0, GATHER = 1, SWEEP = 2, SETTLED = 3;
  localparam BLOCKS = GROUPS * BLOCKS_Y * BLOCKS_X;

  reg [1:0] state;
  reg [5:0] waited;
  reg [STEP_BITS-1:0] step;
  reg [TOKEN_BITS*SOURCES-1:0] tokens;
  reg [SOURCES-1:0] complete;
  reg [6:0] queued;

  wire [SOURCES-1:0] mine = HELD != 0 && keeps ? HELD[SOURCES-1:0] : {SOURCES{1'b1}};
  wire last_c = GROUPS == 1 || c >= (GROUPS - 1) * C_STEP;
  wire last_x = BLOCKS_X == 1 || x >= (BLOCKS_X - 1) * BANKS_X;

  assign allowed = state == GATHER ? mine : {SOURCES{1'b0}};
  assign beginning = state == BEGIN;
  wire wanted = !keeps && (READS != 0 || last_step);
  assign sweeping = beginning || (state == SWEEP && (keeps || !FIRES || queued != QUEUE) && (read_ready || !wanted));
  assign sends = state == SWEEP && sweeping && !keeps && FIRES;
  assign gives = state == SWEEP && sweeping && wanted;
  assign last_step = step == STEPS - 1;
  wire last_phase = last_step || phase == PHASES - 1;
  assign last_block = block == BLOCKS - 1;

  // ---- the block ----
  always @(posedge clk) begin
    if (rst) begin
      block <= 0;
      constants <= 0;
      c <= 0;
      y <= 0;
      x <= 0;
      queued <= 0;
    end else begin
      queued <= queued + (sends ? 7'd1 : 7'd0) - (sent_on ? 7'd1 : 7'd0);
      if (sweeping) begin
        block <= last_block ? 0 : block + 1'b1;
        c <= last_c ? 0 : c + C_STEP;
        if (last_c) x <= last_x ? 0 : x + BANKS_X;
        if (last_c && last_x) y <= last_block ? 0 : y + BANKS_Y;
        if (CONSTANTS == BLOCKS) constants <= last_block ? 0 : constants + 1'b1;
        else if (CONSTANTS > 1) constants <= last_c ? 0 : constants + 1'b1;
      end
    end
  end

  // ---- the state, and the tokens of the projections ----
  integer i;
  always @(posedge clk) begin
    if (rst) begin
      state <= BEGIN;
      keeps <= HELD != 0;
      waited <= 0;
      step <= 0;
      phase <= 0;
      base <= 0;
      tokens <= 0;
      complete <= 0;
      resume <= 0;
    end else begin
      resume <= 0;
      for (i = 0; i < SOURCES; i = i + 1)
        if (state == GATHER && token[i] && !complete[i] && !resume[i]) begin
          if (tokens[i*TOKEN_BITS+:TOKEN_BITS] + 1'b1 == TOKENS[i*16+:TOKEN_BITS]) complete[i] <= 1'b1;
          else begin
            tokens[i*TOKEN_BITS+:TOKEN_BITS] <= tokens[i*TOKEN_BITS+:TOKEN_BITS] + 1'b1;
            resume[i] <= 1'b1;
          end
        end
      waited <= state == SETTLED ? waited + 1'b1 : 6'd0;
      case (state)
        BEGIN: if (last_block) state <= SETTLED;
        GATHER: if ((complete & mine) == mine) state <= SWEEP;
        SWEEP:
        if (sweeping && last_block) begin
          state <= SETTLED;
          keeps <= HELD != 0 && !keeps && last_step;
          if (!keeps) begin
            step <= last_step ? 0 : step + 1'b1;
            phase <= last_phase ? 0 : phase + 1'b1;
            base <= last_phase || !STEPPED ? 0 : base + CONSTANTS;
            if (last_step) begin
              resume <= {SOURCES{1'b1}};
              complete <= 0;
              tokens <= 0;
            end else if (!DRIVEN_ONCE) begin
              resume <= ~HELD[SOURCES-1:0];
              complete <= complete & HELD[SOURCES-1:0];
            end
          end
        end
        default: if (waited == SETTLE - 1) state <= GATHER;
      endcase
    end
  end
endmodule
