  // The passes of an event are those of the walk in docs/core-format.md through its three table words, whatever these are: for
  // i < tall, j < wide, g < GROUPS the row of weights `w`, block `b` and place, in this order, each once, however long each waits;
  // one empty pass where there are none. Events are taken one after the other; from a token on there is no pass until `resume`.
  reg started = 1'b0, works = 1'b0, told_token = 1'b0, told_resume = 1'b0;
  reg [C_BITS-1:0] ec;
  reg [Y_BITS-1:0] ey;
  reg [X_BITS-1:0] ex;
  reg [VALUE-1:0] ev;
  reg fresh;  // it has had no pass
  reg [TILE_BITS-1:0] i, j;
  reg [GROUP_BITS-1:0] g;
  reg [W_BITS-1:0] w_next;
  reg [S_BITS-1:0] b_next;
  wire [W_BITS-1:0] cw, yw, xw, more_w;
  wire [S_BITS-1:0] cb, yb, xb, more_b;
  wire [TILE_BITS-1:0] tall, wide;
  wire [LANE_BITS-1:0] el;
  wire [OY_BITS-1:0] ey0;
  wire [OX_BITS-1:0] ex0;
  wire [RY_BITS-1:0] ery;
  wire [RX_BITS-1:0] erx;
  assign {el, cb, cw} = \table_c.rom.genblk1.tables.words [ec];
  assign {ery, ey0, tall, yb, yw} = \table_y.rom.genblk1.tables.words [ey];
  assign {erx, ex0, more_b, more_w, wide, xb, xw} = \table_x.rom.genblk1.tables.words [ex];
  wire none = tall == 0 || wide == 0;
  wire [W_BITS-1:0] w = fresh ? cw + yw + xw : w_next;
  wire [S_BITS-1:0] b = fresh ? cb + yb + xb : b_next;
  wire [GROUP_BITS:0] g_after = g + 1'b1;
  wire [TILE_BITS:0] j_after = j + 1'b1, i_after = i + 1'b1;
  wire ends_tile = g_after == GROUPS, ends_row = ends_tile && j_after == wide;
  wire [RY_BITS-1:0] ry = ery + i;
  wire [RX_BITS-1:0] rx = erx + j;
  wire taken = event_valid && event_ready;
  wire passes = pass_valid && pass_ready;
  wire ends = passes && (none || (ends_row && i_after == tall));
  always @(posedge clk) begin
    started <= 1'b1;
    told_token <= !rst && token && !resume;
    told_resume <= !rst && resume;
    if (rst) works <= 1'b0;
    else if (taken) works <= !event_token;
    else if (ends) works <= 1'b0;
    if (taken) begin
      {ec, ey, ex, ev} <= {event_c, event_y, event_x, event_value};
      {fresh, i, j, g} <= {1'b1, {2 * TILE_BITS + GROUP_BITS{1'b0}}};
    end else if (passes) begin
      fresh <= 1'b0;
      g <= ends_tile ? 0 : g_after;
      if (ends_tile) j <= ends_row ? 0 : j_after;
      if (ends_row) i <= i_after;
      w_next <= w + (ends_row ? more_w : 1);
      b_next <= b + (ends_row ? more_b : ends_tile ? NEXT_COLUMN : 1);
    end
  end
  always @* begin
    assume (started ? !rst : rst);
    assume (load[LOAD_ROW+LOAD_ADDRESS+:16] == 0);
    if (resume) assume (token);
  end
  always @* if (started) begin
    assert (pass_valid == works && !(token && pass_valid) && !(token && event_ready));
    if (taken) assert (!works || ends);
    if (told_token) assert (token);
    if (told_resume) assert (!token);
    if (works) begin
      assert (pass_empty == none && pass_value == ev && pass_lane == el && pass_oy == ey0 && pass_ox == ex0);
      if (!none) begin
        assert (pass_weights == w && pass_block == b && pass_ry == ry && pass_rx == rx);
        assert (g < GROUPS && j < wide && i < tall);
      end
      // what carries the proof from one cycle to the next
      assert (first == fresh && group == g && row == i && column == j);
      assert (by_c == {el, cb, cw} && by_y == {ery, ey0, tall, yb, yw} && by_x == {erx, ex0, more_b, more_w, wide, xb, xw});
    end
  end
