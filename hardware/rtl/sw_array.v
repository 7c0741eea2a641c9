// The potentials of a layer and what happens to them. R blocks of P = CHANNELS x BANKS_Y x BANKS_X neurons; block number
// (ry BLOCKS_X + rx) GROUPS + g holds the channels g CHANNELS ..., the rows ry BANKS_Y ... and the columns rx BANKS_X ...
// Lane (by BANKS_X + bx) CHANNELS + cl is channel cl of bank (by, bx). Where lanes have neighbouring channels (APART = GROUPS),
// block g holds the channels g, g + GROUPS, g + 2 GROUPS, ... instead. sw_sequencer says what happens when.
//
// A pass is served in the cycle before its cycle 0; a sweep never follows one sooner than by two cycles.
//
//   cycle 0  a pass, or a block of a sweep, is issued     4 + LATE  what the lanes send, and V
//   1        addresses                                    5 + LATE  what flows in
//   2        banks and constants are read                 6 + LATE  the word of the next step is written; what was sent
//   3        words: taps are added, or U is compared                is in the queue since 5 + LATE
//
// LATE is 0 for all kinds of neurons but those that say so; SETTLE is 5 + LATE.
module sw_array #(
    parameter SOURCES = 1,       // projections
    parameter CHANNELS = 1,
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter C_SIZE = 1,        // the map
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter APART = 1,         // channels from a lane to the next: 1 or GROUPS
    parameter SEAT = 0,          // bits of the number of a channel among those of its lane; 0: a pass has one for all lanes
    parameter SEATS = 1,         // SEAT for each lane, at least 1
    parameter GROUPS = 1,
    parameter BLOCKS_Y = 1,
    parameter BLOCKS_X = 1,
    parameter R_BITS = 1,        // of the number of a block
    parameter S_BITS = 2,        // of that of a pass, with a sign
    parameter OY_BITS = 1,
    parameter OX_BITS = 1,
    parameter RY_BITS = 2,
    parameter RX_BITS = 2,
    parameter STEPS = 1,
    parameter STEP_BITS = 1,
    parameter TOKENS = 1,        // of each projection before a sweep, 16 bits each
    parameter TOKEN_BITS = 1,
    parameter DRIVEN_ONCE = 0,   // the drive flows in the first step only
    parameter HELD = 0,          // bit i: projection i is held
    parameter CURRENT = 1,       // bits of a held current with the drive
    parameter KIND = "if",       // of the neurons, see sw_lane
    parameter WORD = 17,
    parameter POTENTIAL = 16,
    parameter TAP = 8,
    parameter THRESHOLD = 16,
    parameter THRESHOLDS = 1,
    parameter DRIVE = 8,
    parameter NUMBER = 1,        // bits of what a neuron sends
    parameter MEMO = 0,          // bits that a neuron keeps beside its potential
    parameter LATE = 0,          // cycles that its law takes more than that of "if"
    parameter QUEUE_BITS = 3,    // log2 of the blocks that may be under way to be sent
    parameter READS = 0,         // potentials are given 0: after the last step, 1: after each
    parameter RESET_ZERO = 0,
    parameter LEAK = 0,
    parameter LIMIT = 0,
    parameter SLOT = 1,
    parameter SLOT_SHIFT = 0,
    parameter OFFSET = 0,
    parameter FRESH = 0,
    parameter DEAF = 1,
    parameter SATURATED = 0,     // bits of U where V may be wider, 0: as many
    parameter STYLE = 0,         // of the memory of the words, see sw_bank
    parameter CONSTANTS = 1,     // rows of constants in a step: 1, GROUPS or all blocks
    parameter PHASES = 1,        // steps that differ from each other
    parameter STEPPED = 0,       // there are constants for each of these
    parameter PHASE_BITS = 1,
    parameter WEIGHED = 0,       // a step weighs twice the one behind it: taps are moved up, the drive flows in phase 0
    parameter MEMORY = 0,        // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter K_BITS = 1,
    parameter K_FILE = "",       // {thresholds, drive, v0} of each lane
    parameter K_COLUMN = 0,      // see sw_rom
    parameter HELD_COLUMN = 0,   // see sw_held
    parameter COLUMN = 0         // see sw_bank
) (
    input clk,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,
    input rst,

    input              [SOURCES-1:0] token,
    output             [SOURCES-1:0] resume,
    input              [SOURCES-1:0] pass_valid,
    input              [SOURCES-1:0] pass_empty,
    output             [SOURCES-1:0] pass_ready,
    input       [SOURCES*S_BITS-1:0] pass_block,
    input      [SOURCES*OY_BITS-1:0] pass_oy,
    input      [SOURCES*OX_BITS-1:0] pass_ox,
    input      [SOURCES*RY_BITS-1:0] pass_ry,
    input      [SOURCES*RX_BITS-1:0] pass_rx,
    input        [SOURCES*SEATS-1:0] pass_seats,
    output             [SOURCES-1:0] adds2,   // cycle 2: the pass of this projection adds something
    input [CHANNELS*BANKS_Y*BANKS_X*TAP-1:0] taps3,

    output                                         out_valid,
    input                                          out_ready,
    output [CHANNELS*BANKS_Y*BANKS_X*NUMBER-1:0] out_numbers,
    output                                         out_last,
    output                            [C_BITS-1:0] out_c,
    output                            [Y_BITS-1:0] out_y,
    output                            [X_BITS-1:0] out_x,

    input                                           read_ready,  // low: a sweep that gives potentials waits
    output                                          read_valid,  // potentials of a block
    output [CHANNELS*BANKS_Y*BANKS_X*POTENTIAL-1:0] read_words,
    output                                          done         // the last sweep of an inference has been issued
);
  localparam FIRES = KIND != "none";
  localparam P = CHANNELS * BANKS_Y * BANKS_X;
  localparam BLOCKS = GROUPS * BLOCKS_Y * BLOCKS_X;
  localparam LAW = THRESHOLDS * THRESHOLD;
  localparam C_MOST = (GROUPS - 1) * (APART > 1 ? 1 : CHANNELS);  // the first neuron of the last block
  localparam Y_MOST = (BLOCKS_Y - 1) * BANKS_Y;
  localparam X_MOST = (BLOCKS_X - 1) * BANKS_X;
  localparam NOTES = MEMO > 0 ? MEMO : 1;

  // ---- cycle 0: a pass, or a block of a sweep ----
  wire [SOURCES-1:0] allowed, grant;
  wire served_empty, sweep0, beginning, keeps, sends, gives, last_step, last0;
  wire [S_BITS-1:0] served_block;
  wire [OY_BITS-1:0] served_oy, oy0;
  wire [OX_BITS-1:0] served_ox, ox0;
  wire [RY_BITS-1:0] served_ry, ry0;
  wire [RX_BITS-1:0] served_rx, rx0;
  wire [SEATS-1:0] served_seats, seats0;
  wire [R_BITS-1:0] pass0, block0, constants0;
  wire [K_BITS-1:0] base0, constants2;
  wire [PHASE_BITS-1:0] phase0, phase3;
  wire [C_BITS-1:0] c0;
  wire [Y_BITS-1:0] y0;
  wire [X_BITS-1:0] x0;

  sw_grant #(.SOURCES(SOURCES), .S_BITS(S_BITS), .OY_BITS(OY_BITS), .OX_BITS(OX_BITS), .RY_BITS(RY_BITS),
             .RX_BITS(RX_BITS), .SEATS(SEATS)) served (
      .allowed(allowed), .pass_valid(pass_valid), .pass_empty(pass_empty), .pass_block(pass_block), .pass_oy(pass_oy),
      .pass_ox(pass_ox), .pass_ry(pass_ry), .pass_rx(pass_rx), .pass_seats(pass_seats), .grant(grant),
      .empty(served_empty), .block(served_block), .oy(served_oy), .ox(served_ox), .ry(served_ry), .rx(served_rx),
      .seats(served_seats));
  sw_delay #(.WIDTH(R_BITS + OY_BITS + OX_BITS + RY_BITS + RX_BITS + SEATS), .CYCLES(1)) d_served (
      .clk(clk), .moves(1'b1), .rst(1'b0),
      .in({served_block[R_BITS-1:0], served_oy, served_ox, served_ry, served_rx, served_seats}),
      .out({pass0, oy0, ox0, ry0, rx0, seats0}));
  assign pass_ready = grant;

  sw_sequencer #(.SOURCES(SOURCES), .C_STEP(APART == 1 ? CHANNELS : 1), .BANKS_Y(BANKS_Y), .BANKS_X(BANKS_X), .C_BITS(C_BITS),
                 .Y_BITS(Y_BITS), .X_BITS(X_BITS), .GROUPS(GROUPS), .BLOCKS_Y(BLOCKS_Y), .BLOCKS_X(BLOCKS_X),
                 .R_BITS(R_BITS), .STEPS(STEPS), .STEP_BITS(STEP_BITS), .TOKENS(TOKENS), .TOKEN_BITS(TOKEN_BITS),
                 .DRIVEN_ONCE(DRIVEN_ONCE), .HELD(HELD), .SETTLE(5 + LATE), .QUEUE(1 << QUEUE_BITS), .FIRES(FIRES),
                 .READS(READS), .CONSTANTS(CONSTANTS), .PHASES(PHASES), .STEPPED(STEPPED),
                 .PHASE_BITS(PHASE_BITS), .K_BITS(K_BITS)) sequencer (
      .clk(clk), .rst(rst), .token(token), .resume(resume), .sent_on(out_valid && out_ready), .read_ready(read_ready),
      .allowed(allowed), .gives(gives),
      .sweeping(sweep0), .beginning(beginning), .keeps(keeps), .sends(sends), .last_step(last_step), .last_block(last0),
      .block(block0), .c(c0), .y(y0), .x(x0), .constants(constants0), .base(base0),
      .phase(phase0));
  wire step_sweep0 = !beginning && sweep0 && !keeps;
  assign done = step_sweep0 && last0 && last_step;
  // What only a sweep needs stays as it is where no block of one is in cycles 1 to 5 + LATE: that costs no energy, and a simulator
  // no time.
  reg sweeps;
  reg [3+LATE:0] issued;  // such blocks by their cycle, 1 lowest
  always @(posedge clk) begin
    sweeps <= sweep0 || issued != 0;
    if (rst) issued <= {(4 + LATE) {1'b0}};
    else issued <= {issued, sweep0};
  end
  wire later0 = step_sweep0 && !last_step && (DRIVEN_ONCE || (WEIGHED && phase0 != PHASES - 1));  // nothing flows in next

  // ---- cycles 1 to 3: what is read ----
  wire sweep1, sum3;
  reg [R_BITS-1:0] block1;
  wire [OY_BITS-1:0] oy1;
  wire [OX_BITS-1:0] ox1;
  wire [RY_BITS-1:0] ry1;
  wire [RX_BITS-1:0] rx1;
  wire [SEATS-1:0] seats1;
  wire [R_BITS-1:0] block2, block3, block4;
  always @(posedge clk) block1 <= sweep0 ? block0 : pass0;
  sw_delay #(.WIDTH(SOURCES), .CYCLES(3)) d_adds (
      .clk(clk), .moves(1'b1), .rst(rst), .in(served_empty ? {SOURCES{1'b0}} : grant), .out(adds2));
  sw_delay #(.WIDTH(1), .CYCLES(1)) d_sum (.clk(clk), .moves(1'b1), .rst(rst), .in(|adds2), .out(sum3));
  sw_delay #(.WIDTH(1), .CYCLES(1)) d_sweep (.clk(clk), .moves(1'b1), .rst(rst), .in(sweep0), .out(sweep1));
  sw_delay #(.WIDTH(OY_BITS + OX_BITS + RY_BITS + RX_BITS + SEATS), .CYCLES(1)) d_place (
      .clk(clk), .moves(1'b1), .rst(rst), .in({oy0, ox0, ry0, rx0, seats0}), .out({oy1, ox1, ry1, rx1, seats1}));
  wire [K_BITS-1:0] row0 = base0 + constants0;
  sw_delay #(.WIDTH(K_BITS), .CYCLES(2)) d_row (.clk(clk), .moves(1'b1), .rst(rst), .in(row0), .out(constants2));
  sw_delay #(.WIDTH(PHASE_BITS), .CYCLES(3)) d_phase (.clk(clk), .moves(1'b1), .rst(rst), .in(phase0), .out(phase3));
  sw_delay #(.WIDTH(R_BITS), .CYCLES(1)) d_block2 (.clk(clk), .moves(1'b1), .rst(rst), .in(block1), .out(block2));
  sw_delay #(.WIDTH(R_BITS), .CYCLES(1)) d_block3 (.clk(clk), .moves(1'b1), .rst(rst), .in(block2), .out(block3));
  sw_delay #(.WIDTH(R_BITS), .CYCLES(1)) d_block4 (.clk(clk), .moves(1'b1), .rst(rst), .in(block3), .out(block4));

  localparam K = LAW + DRIVE + POTENTIAL;
  wire [P*K-1:0] row3;
  sw_memory #(.WIDTH(P * K), .DEPTH(STEPPED ? CONSTANTS * PHASES : CONSTANTS), .BITS(K_BITS), .FILE(K_FILE), .COLUMN(K_COLUMN),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) constants (
      .clk(clk), .enable(sweeps), .address(constants2), .word(row3),
      .load(load));
  wire [P*LAW-1:0] thresholds3;
  wire [P*(DRIVE+POTENTIAL)-1:0] begins3, begins4, begins4_late;
  wire [P*DRIVE-1:0] drive4, drive4_late, drive5;
  wire [P*POTENTIAL-1:0] initial4;
  sw_delay #(.WIDTH(P * (DRIVE + POTENTIAL)), .CYCLES(1)) d_begins (
      .clk(clk), .moves(sweeps), .rst(1'b0), .in(begins3), .out(begins4));
  sw_delay #(.WIDTH(P * (DRIVE + POTENTIAL)), .CYCLES(LATE)) d_late (
      .clk(clk), .moves(sweeps), .rst(1'b0), .in(begins4), .out(begins4_late));
  sw_delay #(.WIDTH(P * DRIVE), .CYCLES(1)) d_drive (.clk(clk), .moves(sweeps), .rst(1'b0), .in(drive4_late), .out(drive5));

  // ---- cycles 4 to 6, LATE: what is sent and written ----
  wire sweep4, last4, begin4, read4, sent4, zero4, later4, keep4, zero5, later5, sweep6;
  wire [C_BITS-1:0] c4;
  wire [Y_BITS-1:0] y4;
  wire [X_BITS-1:0] x4;
  wire [R_BITS-1:0] block3_late, block4_late, block6;
  sw_delay #(.WIDTH(7 + C_BITS + Y_BITS + X_BITS), .CYCLES(4 + LATE)) d_control (
      .clk(clk), .moves(1'b1), .rst(rst),
      .in({sweep0, last0, beginning || keeps || last_step, gives, sends,
           HELD != 0 && (beginning || (step_sweep0 && last_step)), later0, c0, y0, x0}),
      .out({sweep4, last4, begin4, read4, sent4, zero4, later4, c4, y4, x4}));
  sw_delay #(.WIDTH(2), .CYCLES(1)) d_drives (
      .clk(clk), .moves(1'b1), .rst(rst), .in({zero4, later4}), .out({zero5, later5}));
  sw_delay #(.WIDTH(1), .CYCLES(4)) d_keep (
      .clk(clk), .moves(1'b1), .rst(rst), .in(sweep0 && keeps && !beginning), .out(keep4));
  sw_delay #(.WIDTH(R_BITS), .CYCLES(LATE)) d_block (.clk(clk), .moves(1'b1), .rst(rst), .in(block3), .out(block3_late));
  sw_delay #(.WIDTH(R_BITS), .CYCLES(1)) d_late_block (
      .clk(clk), .moves(1'b1), .rst(rst), .in(block3_late), .out(block4_late));
  sw_delay #(.WIDTH(R_BITS + 1), .CYCLES(2)) d_store (
      .clk(clk), .moves(1'b1), .rst(rst), .in({block4_late, sweep4}), .out({block6, sweep6}));
  assign read_valid = read4;

  // ---- the memories ----
  wire [P*WORD-1:0] word3, sums3, word6;
  sw_banks #(.CHANNELS(CHANNELS), .BANKS_Y(BANKS_Y), .BANKS_X(BANKS_X), .GROUPS(GROUPS), .BLOCKS_Y(BLOCKS_Y),
             .BLOCKS_X(BLOCKS_X), .R_BITS(R_BITS), .OY_BITS(OY_BITS), .OX_BITS(OX_BITS), .RY_BITS(RY_BITS),
             .RX_BITS(RX_BITS), .WORD(WORD), .SEAT(SEAT), .SEATS(SEATS), .STYLE(STYLE),
             .COLUMN(COLUMN)) banks (
      .clk(clk), .sweep1(sweep1), .block1(block1), .oy1(oy1), .ox1(ox1), .ry1(ry1), .rx1(rx1), .seats1(seats1),
      .summed3(sum3),
      .word3(word3), .sums3(sums3), .store6(sweep6), .block6(block6), .word6(word6));

  wire [P*CURRENT-1:0] current5;
  wire [P*NOTES-1:0] memo3, memo4;
  generate
    if (HELD != 0) begin : holds
      wire [P*WORD-1:0] word4;
      sw_delay #(.WIDTH(P * WORD), .CYCLES(1)) d_word (.clk(clk), .moves(sweeps), .rst(1'b0), .in(word3), .out(word4));
      sw_held #(.LANES(P), .WORD(WORD), .DRIVE(DRIVE), .CURRENT(CURRENT), .ROWS(BLOCKS), .BITS(R_BITS), .LATE(LATE),
                .COLUMN(HELD_COLUMN)) held (
          .clk(clk), .sweeps(sweeps), .keep4(keep4), .keep_block4(block4), .word4(word4), .drive4(drive4),
          .block(block3_late), .current5(current5));
    end else begin : holds_none
      assign current5 = 0;
    end
    if (MEMO > 0) begin : remembers
      sw_memo #(.WIDTH(P * NOTES), .ROWS(BLOCKS), .BITS(R_BITS)) memo (
          .clk(clk), .address(block2), .word(memo3), .store(sweep4), .store_address(block4_late),
          .store_word(begin4 && KIND != "latched" ? {P * NOTES{1'b0}} : memo4));
    end else begin : remembers_nothing
      assign memo3 = 0;
    end
  endgenerate

  // ---- the lanes; those beyond the edge of the map never send ----
  wire [P*NUMBER-1:0] numbers4;
  genvar n;
  generate
    for (n = 0; n < P; n = n + 1) begin : lane
      assign {thresholds3[n*LAW+:LAW], begins3[n*(DRIVE+POTENTIAL)+:DRIVE+POTENTIAL]} = row3[n*K+:K];
      assign drive4[n*DRIVE+:DRIVE] = begins4[n*(DRIVE+POTENTIAL)+POTENTIAL+:DRIVE];
      assign {drive4_late[n*DRIVE+:DRIVE], initial4[n*POTENTIAL+:POTENTIAL]} =
          begins4_late[n*(DRIVE+POTENTIAL)+:DRIVE+POTENTIAL];
      wire signed [CURRENT-1:0] flows5;
      if (HELD != 0) assign flows5 = zero5 ? {CURRENT{1'b0}} : current5[n*CURRENT+:CURRENT];
      else assign flows5 = (DRIVEN_ONCE != 0 || WEIGHED != 0) && later5 ? {DRIVE{1'b0}} : drive5[n*DRIVE+:DRIVE];
      wire [NUMBER-1:0] number4;
      wire signed [TAP-1:0] tap3 = taps3[n*TAP+:TAP];
      wire signed [TAP-1:0] weighed3;
      if (WEIGHED) assign weighed3 = tap3 <<< (PHASES - 1 - phase3);
      else assign weighed3 = tap3;
      sw_lane #(.KIND(KIND), .WORD(WORD), .POTENTIAL(POTENTIAL), .TAP(TAP), .THRESHOLD(THRESHOLD),
                .THRESHOLDS(THRESHOLDS), .DRIVE(CURRENT), .NUMBER(NUMBER), .MEMO(NOTES), .RESET_ZERO(RESET_ZERO),
                .LEAK(LEAK), .LIMIT(LIMIT), .SLOT(SLOT), .SLOT_SHIFT(SLOT_SHIFT),
                .OFFSET(OFFSET), .FRESH(FRESH), .DEAF(DEAF), .SATURATED(SATURATED > 0 ? SATURATED : POTENTIAL)) neuron (
          .clk(clk), .sweeps(sweeps), .word3(word3[n*WORD+:WORD]), .tap3(weighed3), .thresholds3(thresholds3[n*LAW+:LAW]),
          .memo3(memo3[n*NOTES+:NOTES]), .sum3(sums3[n*WORD+:WORD]), .number4(number4), .memo4(memo4[n*NOTES+:NOTES]),
          .left4(read_words[n*POTENTIAL+:POTENTIAL]), .begin4(begin4),
          .initial4(HELD != 0 && zero4 ? {POTENTIAL{1'b0}} : initial4[n*POTENTIAL+:POTENTIAL]), .drive5(flows5),
          .word6(word6[n*WORD+:WORD]));
      // only the last block along an axis can reach beyond the map (of channels that lie apart, any)
      localparam AT_C = (n % CHANNELS) * APART, AT_Y = n / CHANNELS / BANKS_X, AT_X = n / CHANNELS % BANKS_X;
      wire on_map = (C_MOST + AT_C < C_SIZE || (APART == 1 ? c4 != C_MOST : c4 + AT_C < C_SIZE))
                    && (Y_MOST + AT_Y < Y_SIZE || y4 != Y_MOST) && (X_MOST + AT_X < X_SIZE || x4 != X_MOST);
      assign numbers4[n*NUMBER+:NUMBER] = on_map ? number4 : {NUMBER{1'b0}};
    end
  endgenerate

  // ---- what is sent waits for sw_spikes ----
  generate
    if (FIRES) begin : queue
      wire ready;
      sw_fifo #(.WIDTH(P * NUMBER + 1 + C_BITS + Y_BITS + X_BITS), .DEPTH(1 << QUEUE_BITS), .BITS(QUEUE_BITS)) blocks (
          .clk(clk), .rst(rst), .in_valid(sent4), .in_ready(ready), .in_word({numbers4, last4, c4, y4, x4}),
          .out_valid(out_valid), .out_ready(out_ready), .out_word({out_numbers, out_last, out_c, out_y, out_x}));
    end else begin : queue_none
      assign out_valid = 1'b0;
      assign {out_numbers, out_last, out_c, out_y, out_x} = 0;
    end
  endgenerate
endmodule
