// The potentials of a layer and what happens to them. R blocks of P = CHANNELS x BANKS_Y x BANKS_X neurons; block number
// (ry BLOCKS_X + rx) GROUPS + g holds the channels g CHANNELS ..., the rows ry BANKS_Y ... and the columns rx BANKS_X ...
//
//   begin      R cycles, once: every word becomes v0 + drive
//   gather     passes of the projections, the lowest number first, until each has brought its token
//   sweep      R blocks, one a cycle, as long as the fired lanes can be sent on
//   settle     SETTLE cycles, in which the last words of the sweep are written
//
// A held projection (a constant current) is gathered once; a sweep then keeps what it brought beside the drive.
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
    parameter WORD = 17,
    parameter POTENTIAL = 16,
    parameter TAP = 8,
    parameter THRESHOLD = 16,
    parameter DRIVE = 8,
    parameter FIRES = 1,
    parameter RESET_ZERO = 0,
    parameter LEAK = 0,
    parameter STYLE = 0,         // of the memory of the words, see sw_bank
    parameter CONSTANTS = 1,     // rows of constants: 1, GROUPS or all blocks
    parameter K_BITS = 1,
    parameter K_FILE = ""        // {threshold, drive, v0} of each lane
) (
    input clk,
    input rst,

    input              [SOURCES-1:0] token,
    output reg         [SOURCES-1:0] resume,
    input              [SOURCES-1:0] pass_valid,
    input              [SOURCES-1:0] pass_empty,
    output             [SOURCES-1:0] pass_ready,
    input       [SOURCES*S_BITS-1:0] pass_block,
    input      [SOURCES*OY_BITS-1:0] pass_oy,
    input      [SOURCES*OX_BITS-1:0] pass_ox,
    input      [SOURCES*RY_BITS-1:0] pass_ry,
    input      [SOURCES*RX_BITS-1:0] pass_rx,
    output reg         [SOURCES-1:0] adds2,   // cycle 2: the pass of this projection adds something
    input [CHANNELS*BANKS_Y*BANKS_X*TAP-1:0] taps3,

    output                                         out_valid,
    input                                          out_ready,
    output     [CHANNELS*BANKS_Y*BANKS_X-1:0] out_fired,
    output                                         out_last,
    output                            [C_BITS-1:0] out_c,
    output                            [Y_BITS-1:0] out_y,
    output                            [X_BITS-1:0] out_x,

    output reg                                          read_valid,  // potentials of a block after the last step
    output [CHANNELS*BANKS_Y*BANKS_X*POTENTIAL-1:0] read_words,
    output                                              done          // the last sweep of an inference has been issued
);
  localparam BANKS = BANKS_Y * BANKS_X;
  localparam P = CHANNELS * BANKS;
  localparam BLOCKS = GROUPS * BLOCKS_Y * BLOCKS_X;
  localparam SETTLE = 5;
  localparam BEGIN = 0, GATHER = 1, SWEEP = 2, SETTLED = 3;
  localparam QUEUE = 8;

  reg [1:0] state;
  reg keeps;                      // this sweep keeps a held current
  reg [2:0] wait_count;
  reg [STEP_BITS-1:0] step;
  reg [TOKEN_BITS*SOURCES-1:0] tokens;
  reg [SOURCES-1:0] complete;
  reg [3:0] queued;               // blocks issued that have not been sent on

  // ---- which projection is served ----
  reg [SOURCES-1:0] grant;
  reg [S_BITS-1:0] block0;
  reg [OY_BITS-1:0] oy0;
  reg [OX_BITS-1:0] ox0;
  reg signed [RY_BITS-1:0] ry0;
  reg signed [RX_BITS-1:0] rx0;
  reg empty0;
  wire [SOURCES-1:0] allowed = HELD != 0 && keeps ? HELD[SOURCES-1:0] : {SOURCES{1'b1}};
  integer i;
  always @* begin
    grant  = {SOURCES{1'b0}};
    block0 = pass_block[S_BITS-1:0];
    oy0 = pass_oy[OY_BITS-1:0];
    ox0 = pass_ox[OX_BITS-1:0];
    ry0 = pass_ry[RY_BITS-1:0];
    rx0 = pass_rx[RX_BITS-1:0];
    empty0 = pass_empty[0];
    for (i = SOURCES - 1; i >= 0; i = i - 1)
      if (pass_valid[i] && allowed[i]) begin
        grant = {{(SOURCES - 1) {1'b0}}, 1'b1} << i;
        block0 = pass_block[i*S_BITS+:S_BITS];
        oy0 = pass_oy[i*OY_BITS+:OY_BITS];
        ox0 = pass_ox[i*OX_BITS+:OX_BITS];
        ry0 = pass_ry[i*RY_BITS+:RY_BITS];
        rx0 = pass_rx[i*RX_BITS+:RX_BITS];
        empty0 = pass_empty[i];
      end
    if (state != GATHER) grant = {SOURCES{1'b0}};
  end
  assign pass_ready = grant;

  // ---- the sweep's block, and where it lies ----
  reg [R_BITS-1:0] block;
  reg [C_BITS-1:0] c;
  reg [Y_BITS-1:0] y;
  reg [X_BITS-1:0] x;
  reg [R_BITS-1:0] constants;
  wire last_c = GROUPS == 1 || c >= (GROUPS - 1) * CHANNELS;
  wire last_x = BLOCKS_X == 1 || x >= (BLOCKS_X - 1) * BANKS_X;
  wire last_block = block == BLOCKS - 1;
  wire last_step = step == STEPS - 1;
  wire sweeping = state == BEGIN || (state == SWEEP && (keeps || !FIRES || queued != QUEUE));
  wire sends = state == SWEEP && sweeping && !keeps && FIRES;
  assign done = state == SWEEP && sweeping && !keeps && last_block && last_step;

  // ---- pipeline ----
  reg sum1, sum2, sum3, sweep1, sweep2, sweep3, sweep4, sweep5, sweep6;
  reg [3:0] begins, keep, reads, sent;  // of cycles 1 to 4; `begin` writes v0 instead of what is left
  reg [R_BITS-1:0] block1, block2, block3, block4, block5, block6;
  reg [OY_BITS-1:0] oy1;
  reg [OX_BITS-1:0] ox1;
  reg signed [RY_BITS-1:0] ry1;
  reg signed [RX_BITS-1:0] rx1;
  reg [SOURCES-1:0] adds1;
  reg last1, last2, last3, last4;
  reg [C_BITS-1:0] c1, c2, c3, c4;
  reg [Y_BITS-1:0] y1, y2, y3, y4;
  reg [X_BITS-1:0] x1, x2, x3, x4;
  reg zero1, zero2, zero3, zero4, zero5;  // a held layer begins from nothing
  reg [R_BITS-1:0] constants1, constants2;
  reg later1, later2, later3, later4, later5;

  wire [P*WORD-1:0] word3, sums3;
  wire [P*WORD-1:0] word6;
  wire [P-1:0] fired4;
  wire [P*(THRESHOLD+DRIVE+POTENTIAL)-1:0] constants3;

  always @(posedge clk) begin
    if (rst) begin
      state <= BEGIN;
      keeps <= HELD != 0;
      block <= 0;
      constants <= 0;
      c <= 0;
      y <= 0;
      x <= 0;
      step <= 0;
      tokens <= 0;
      complete <= 0;
      resume <= 0;
      queued <= 0;
      wait_count <= 0;
    end else begin
      resume <= 0;
      queued <= queued + (sends ? 4'd1 : 4'd0) - (out_valid && out_ready ? 4'd1 : 4'd0);
      if (sweeping) begin
        block <= last_block ? 0 : block + 1'b1;
        c <= last_c ? 0 : c + CHANNELS;
        if (last_c) x <= last_x ? 0 : x + BANKS_X;
        if (last_c && last_x) y <= last_block ? 0 : y + BANKS_Y;
        if (CONSTANTS == BLOCKS) constants <= last_block ? 0 : constants + 1'b1;
        else if (CONSTANTS > 1) constants <= last_c ? 0 : constants + 1'b1;
      end
      for (i = 0; i < SOURCES; i = i + 1)
        if (state == GATHER && token[i] && !complete[i] && !resume[i]) begin
          if (tokens[i*TOKEN_BITS+:TOKEN_BITS] + 1'b1 == TOKENS[i*16+:TOKEN_BITS]) complete[i] <= 1'b1;
          else begin
            tokens[i*TOKEN_BITS+:TOKEN_BITS] <= tokens[i*TOKEN_BITS+:TOKEN_BITS] + 1'b1;
            resume[i] <= 1'b1;
          end
        end
      case (state)
        BEGIN:
        if (last_block) begin
          state <= SETTLED;
          wait_count <= 0;
        end
        GATHER: if ((complete & allowed) == allowed) state <= SWEEP;
        SWEEP:
        if (sweeping && last_block) begin
          state <= SETTLED;
          wait_count <= 0;
          keeps <= HELD != 0 && !keeps && last_step;
          if (!keeps) begin
            step <= last_step ? 0 : step + 1'b1;
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
        default: begin
          wait_count <= wait_count + 1'b1;
          if (wait_count == SETTLE - 1) state <= GATHER;
        end
      endcase
    end
  end

  always @(posedge clk) begin
    // cycle 0 to 1
    sum1 <= !rst && |grant && !empty0;
    adds1 <= empty0 ? {SOURCES{1'b0}} : grant;
    sweep1 <= !rst && sweeping;
    block1 <= sweeping ? block : block0[R_BITS-1:0];
    oy1 <= oy0;
    ox1 <= ox0;
    ry1 <= ry0;
    rx1 <= rx0;
    last1 <= last_block;
    c1 <= c;
    y1 <= y;
    x1 <= x;
    constants1 <= constants;
    begins <= {begins[2:0], state == BEGIN || keeps || last_step};
    keep <= {keep[2:0], state == SWEEP && keeps};
    reads <= {reads[2:0], state == SWEEP && sweeping && !keeps && last_step};
    sent <= {sent[2:0], sends && !rst};
    later1 <= DRIVEN_ONCE && state == SWEEP && !keeps && !last_step;
    // later ones
    sum2 <= sum1 && !rst;
    sum3 <= sum2 && !rst;
    adds2 <= rst ? {SOURCES{1'b0}} : adds1;
    {sweep2, sweep3, sweep4, sweep5, sweep6} <= rst ? 5'b0 : {sweep1, sweep2, sweep3, sweep4, sweep5};
    {block2, block3, block4, block5, block6} <= {block1, block2, block3, block4, block5};
    {last2, last3, last4} <= {last1, last2, last3};
    {c2, c3, c4} <= {c1, c2, c3};
    {y2, y3, y4} <= {y1, y2, y3};
    {x2, x3, x4} <= {x1, x2, x3};
    {later2, later3, later4, later5} <= {later1, later2, later3, later4};
    constants2 <= constants1;
    zero1 <= HELD != 0 && (state == BEGIN || (state == SWEEP && !keeps && last_step));
    {zero2, zero3, zero4, zero5} <= {zero1, zero2, zero3, zero4};
    read_valid <= reads[2] && !rst;
  end

  // ---- constants of the lanes: read in cycle 2, there in cycle 3 ----
  localparam K_WIDTH = P * (THRESHOLD + DRIVE + POTENTIAL);
  sw_rom #(.WIDTH(K_WIDTH), .DEPTH(CONSTANTS), .BITS(K_BITS), .FILE(K_FILE)) constants_rom (
      .clk(clk), .enable(1'b1), .address(constants2[K_BITS-1:0]), .word(constants3),
      .load(1'b0), .load_address({K_BITS{1'b0}}), .load_word({K_WIDTH{1'b0}}));
  reg [K_WIDTH-1:0] constants4, constants5;
  always @(posedge clk) begin
    constants4 <= constants3;
    constants5 <= constants4;
  end

  // ---- held currents ----
  wire [P*CURRENT-1:0] current5;
  wire [P*CURRENT-1:0] kept4;
  generate
    if (HELD != 0) begin : holds
      reg [P*CURRENT-1:0] currents[0:BLOCKS-1];
      reg [P*CURRENT-1:0] fetched;
      assign current5 = fetched;
      always @(posedge clk) begin
        if (keep[3] && sweep4) currents[block4] <= kept4;
        fetched <= keep[3] ? kept4 : currents[block4];
      end
    end else begin : holds_none
      assign current5 = 0;
    end
  endgenerate

  // ---- banks and lanes ----
  wire signed [RY_BITS-1:0] below1 = ry1 + 1;
  wire signed [RX_BITS-1:0] beside1 = rx1 + 1;
  wire in_y = !ry1[RY_BITS-1] && ry1 < BLOCKS_Y;
  wire in_x = !rx1[RX_BITS-1] && rx1 < BLOCKS_X;
  wire in_below = below1 < BLOCKS_Y;
  wire in_beside = beside1 < BLOCKS_X;

  genvar by, bx, cl;
  generate
    for (by = 0; by < BANKS_Y; by = by + 1) begin : row
      for (bx = 0; bx < BANKS_X; bx = bx + 1) begin : column
        localparam B = by * BANKS_X + bx;
        wire down = BANKS_Y > 1 && !sweep1 && by < oy1;
        wire right = BANKS_X > 1 && !sweep1 && bx < ox1;
        wire there = (BANKS_Y == 1 || (down ? in_below : in_y)) && (BANKS_X == 1 || (right ? in_beside : in_x));
        wire [R_BITS-1:0] address = block1 + (down ? BLOCKS_X * GROUPS : 0) + (right ? GROUPS : 0);
        reg there2, there3;
        always @(posedge clk) begin
          there2 <= there;
          there3 <= there2;
        end
        sw_bank #(.WIDTH(CHANNELS * WORD), .ROWS(BLOCKS), .BITS(R_BITS), .STYLE(STYLE)) bank (
            .clk(clk), .address(address), .summed(sum3 && there3),
            .word(word3[B*CHANNELS*WORD+:CHANNELS*WORD]), .sum(sums3[B*CHANNELS*WORD+:CHANNELS*WORD]),
            .store(sweep6), .store_address(block6), .store_word(word6[B*CHANNELS*WORD+:CHANNELS*WORD]));
        for (cl = 0; cl < CHANNELS; cl = cl + 1) begin : lane
          localparam N = B * CHANNELS + cl;
          localparam K = THRESHOLD + DRIVE + POTENTIAL;
          wire signed [WORD-1:0] word = word3[N*WORD+:WORD];
          wire signed [DRIVE-1:0] drive4 = constants4[N*K+POTENTIAL+:DRIVE];
          wire signed [DRIVE-1:0] constant5 = constants5[N*K+POTENTIAL+:DRIVE];
          reg signed [WORD-1:0] word4;
          always @(posedge clk) word4 <= word;
          wire signed [CURRENT-1:0] held4 = word4 + drive4;
          assign kept4[N*CURRENT+:CURRENT] = held4;
          wire signed [CURRENT-1:0] held5 = current5[N*CURRENT+:CURRENT];
          wire signed [CURRENT-1:0] drive5;
          wire signed [POTENTIAL-1:0] initial4 = zero4 ? 0 : constants4[N*K+:POTENTIAL];
          if (HELD != 0) assign drive5 = zero5 ? 0 : held5;
          else assign drive5 = later5 ? 0 : constant5;
          sw_lane #(.WORD(WORD), .POTENTIAL(POTENTIAL), .TAP(TAP), .THRESHOLD(THRESHOLD), .DRIVE(CURRENT),
                    .FIRES(FIRES), .RESET_ZERO(RESET_ZERO), .LEAK(LEAK)) neuron (
              .word(word), .tap(taps3[N*TAP+:TAP]), .clk(clk),
              .threshold3(constants3[N*K+POTENTIAL+DRIVE+:THRESHOLD]),
              .threshold4(constants4[N*K+POTENTIAL+DRIVE+:THRESHOLD]),
              .begin4(begins[3]), .initial4(initial4), .drive5(drive5),
              .sum(sums3[N*WORD+:WORD]), .fired4(fired4[N]),
              .potential4(read_words[N*POTENTIAL+:POTENTIAL]), .word6(word6[N*WORD+:WORD]));
        end
      end
    end
  endgenerate

  // ---- what fired waits to be sent on; lanes beyond the edge of the map never do ----
  wire [P-1:0] fires4;
  genvar n;
  generate
    for (n = 0; n < P; n = n + 1) begin : edges
      assign fires4[n] = fired4[n] && c4 + (n % CHANNELS) < C_SIZE
                       && y4 + (n / CHANNELS / BANKS_X) < Y_SIZE && x4 + (n / CHANNELS % BANKS_X) < X_SIZE;
    end
    if (FIRES) begin : queue
      wire ready;
      sw_fifo #(.WIDTH(P + 1 + C_BITS + Y_BITS + X_BITS), .DEPTH(QUEUE), .BITS(3)) blocks (
          .clk(clk), .rst(rst), .in_valid(sent[3]), .in_ready(ready),
          .in_word({fires4, last4, c4, y4, x4}),
          .out_valid(out_valid), .out_ready(out_ready), .out_word({out_fired, out_last, out_c, out_y, out_x}));
    end else begin : queue_none
      assign out_valid = 1'b0;
      assign {out_fired, out_last, out_c, out_y, out_x} = 0;
    end
  endgenerate
endmodule
