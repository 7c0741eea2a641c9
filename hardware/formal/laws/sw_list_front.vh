  // The passes of an event are those of the walk in docs/core-format.md through its table words, whatever these are, in this
  // order, each once, however long each waits: with EACH = 0 rows of weights first, first + 1, ... of its list; with EACH > 0 `count`
  // rows for each of `tiles` tile rows, `skip` from the last one of a tile row to the first of the next; each with the place that
  // its row has, and empty where that lies outside the map. One empty pass where there are none. Events are taken in their order;
  // once a token has gone by there is no pass until `resume`.
  localparam Y_MORE = EACH == 0 ? 0 : TILE_BITS, X_MORE = EACH == 0 ? 0 : COUNT_BITS + W_BITS;
  localparam C_ALL = LANE_BITS + S_BITS + LIST_BITS, LIST_ALL = COUNT_BITS + W_BITS;
  localparam Y_ALL = Y_MORE + TY_BITS + OY_BITS + 1 + S_BITS + LIST_BITS;
  localparam X_ALL = X_MORE + TX_BITS + OX_BITS + 1 + S_BITS + LIST_BITS;
  localparam SEATS_ALL = SEAT * CHANNELS * BANKS_Y * BANKS_X;
  localparam PLACE_ALL = SEATS_ALL + GROUP_BITS + COLUMN_BITS + ROW_BITS;
  reg started = 1'b0, told_token = 1'b0, told_resume = 1'b0;
  reg v1 = 1'b0, v2 = 1'b0, works = 1'b0;   // an event is in the stage
  reg t1, t2;                               // it is a token
  reg [C_BITS-1:0] c1, c2, c3;
  reg [Y_BITS-1:0] y1, y2, y3;
  reg [X_BITS-1:0] x1, x2, x3;
  reg [VALUE-1:0] n1, n2, n3;
  reg [COUNT_BITS-1:0] k;                   // rows that have been taken: of the list, or of the tile row
  reg [TILE_BITS-1:0] t;                    // tile rows that are done
  reg [W_BITS-1:0] w;
  wire [C_ALL-1:0] cw = \table_c.rom.genblk1.tables.words [c3];
  wire [Y_ALL-1:0] yw = \table_y.rom.genblk1.tables.words [y3];
  wire [X_ALL-1:0] xw = \table_x.rom.genblk1.tables.words [x3];
  wire [LIST_BITS-1:0] cl, yl, xl;
  wire [S_BITS-1:0] cb, yb, xb;
  wire [LANE_BITS-1:0] el;
  wire [TY_BITS-1:0] ety;
  wire [TX_BITS-1:0] etx;
  wire [OY_BITS-1:0] eoy;
  wire [OX_BITS-1:0] eox;
  wire off_y, off_x;
  assign {el, cb, cl} = cw;
  assign {ety, eoy, off_y, yb, yl} = yw[Y_ALL-Y_MORE-1:0];
  assign {etx, eox, off_x, xb, xl} = xw[X_ALL-X_MORE-1:0];
  wire [LIST_BITS-1:0] l = cl + yl + xl;
  wire [LIST_ALL-1:0] lw;
  generate
    if (EACH == 0) assign lw = \listed.lists.rom.genblk1.tables.words [l];
    else assign lw = {xw[X_ALL-1-W_BITS-:COUNT_BITS], l};
  endgenerate
  wire [COUNT_BITS-1:0] many = lw[LIST_ALL-1-:COUNT_BITS];
  wire [TILE_BITS-1:0] tall = EACH == 0 ? 1 : yw[Y_ALL-1-:TILE_BITS];
  wire [W_BITS-1:0] skips = EACH == 0 ? 1 : xw[X_ALL-1-:W_BITS];
  wire [W_BITS-1:0] at = k == 0 && t == 0 ? lw[W_BITS-1:0] : w;
  wire nothing = off_y || off_x || (EACH == 0 && many == 0);
  wire [PLACE_ALL-1:0] pw = \places.rom.genblk1.tables.words [at];
  wire [ROW_BITS-1:0] pr = pw[ROW_BITS-1:0];
  wire [COLUMN_BITS-1:0] pc = pw[ROW_BITS+:COLUMN_BITS];
  wire [GROUP_BITS-1:0] pg = pw[ROW_BITS+COLUMN_BITS+:GROUP_BITS];
  wire [SEATS-1:0] seats = pw >> (PLACE_ALL - SEATS_ALL);  // where there is one bank
  wire signed [TY_BITS-1:0] down = ety + pr * STRIDE_Y;
  wire signed [TX_BITS-1:0] right = etx + pc * STRIDE_X;
  wire outside = down < -LOWEST_Y || down >= BLOCKS_Y || right < -LOWEST_X || right >= BLOCKS_X;
  wire [S_BITS-1:0] target = cb + yb + xb + pg + pc * ACROSS + pr * DOWN;
  wire passes = pass_valid && pass_ready;
  wire [COUNT_BITS-1:0] k_after = k + 1'b1;
  wire [TILE_BITS-1:0] t_after = t + 1'b1;
  wire ends_tile = k_after == many;
  wire ends = passes && (nothing || (ends_tile && t_after == tall));
  wire takes3 = (!works || ends) && !token;  // the last stage is free for an event, or a token
  wire takes2 = !v2 || takes3;
  always @(posedge clk) begin
    started <= 1'b1;
    told_token <= !rst && token && !resume;
    told_resume <= !rst && resume;
    if (rst) {v1, v2, works} <= 0;
    else begin
      if (event_ready) v1 <= event_valid;
      if (takes2) v2 <= v1;
      if (takes3) works <= v2 && !t2;
    end
    if (event_ready) {c1, y1, x1, n1, t1} <= {event_c, event_y, event_x, event_value, event_token};
    if (takes2) {c2, y2, x2, n2, t2} <= {c1, y1, x1, n1, t1};
    if (takes3) {c3, y3, x3, n3, k, t} <= {c2, y2, x2, n2, {COUNT_BITS + TILE_BITS{1'b0}}};
    else if (passes) begin
      k <= ends_tile ? 0 : k_after;
      if (ends_tile) t <= t_after;
      w <= at + (ends_tile ? skips : 1'b1);
    end
  end

  // the words of the tables that belong to the events further back
  wire [Y_ALL-1:0] yw2 = \table_y.rom.genblk1.tables.words [y2];
  wire [X_ALL-1:0] xw2 = \table_x.rom.genblk1.tables.words [x2];
  wire [C_ALL-1:0] cw2 = \table_c.rom.genblk1.tables.words [c2];
  wire [LIST_BITS-1:0] l2 = cw2[LIST_BITS-1:0] + yw2[LIST_BITS-1:0] + xw2[LIST_BITS-1:0];
  wire [LIST_ALL-1:0] lw2;
  generate
    if (EACH == 0) assign lw2 = \listed.lists.rom.genblk1.tables.words [l2];
    else assign lw2 = {xw2[X_ALL-1-W_BITS-:COUNT_BITS], l2};
  endgenerate
  wire [TILE_BITS-1:0] tall2 = EACH == 0 ? 1 : yw2[Y_ALL-1-:TILE_BITS];
  wire [W_BITS-1:0] skips2 = EACH == 0 ? 1 : xw2[X_ALL-1-:W_BITS];
  always @* begin
    assume (started ? !rst : rst);
    assume (load[LOAD_ROW+LOAD_ADDRESS+:16] == 0);
    if (resume) assume (token);
    if (EACH != 0 && works) assume (nothing || (many != 0 && tall != 0));  // where there is a tile row it has a row of weights
  end
  always @* if (started) begin
    assert (pass_valid == works && !(token && pass_valid));
    assert (event_ready == (!v1 || takes2));
    if (told_token) assert (token);
    if (told_resume) assert (!token);
    if (works) begin
      assert (pass_value == n3 && pass_lane == el && pass_oy == eoy && pass_ox == eox);
      assert (pass_empty == (nothing || outside));
      if (!nothing) assert (pass_weights == at && pass_block == target && pass_ry == down && pass_rx == right);
      if (!nothing && SEAT != 0 && BANKS_Y * BANKS_X == 1 && eoy == 0 && eox == 0) assert (pass_seats == seats);
      // what carries the proof from one cycle to the next
      assert (none == nothing && ty == ety && tx == etx && block == cb + yb + xb);
      if (!nothing) begin
        assert (k < many && t < tall && left == many - k && place == pw && row == at);
        assert (EACH == 0 || (tiles_left == tall - t && in_tiles == many && across == skips));
      end
    end
    assert (valid1 == v1 && valid2 == v2);
    if (v1) begin
      assert (token1 == t1 && value1 == n1 && by_c == \table_c.rom.genblk1.tables.words [c1]);
      assert (by_y == \table_y.rom.genblk1.tables.words [y1] && by_x == \table_x.rom.genblk1.tables.words [x1]);
    end
    if (v2) begin
      assert (token2 == t2 && value2 == n2 && {count, first} == lw2 && tiles == tall2 && skip == skips2);
      assert (block2 == cw2[LIST_BITS+:S_BITS] + yw2[LIST_BITS+:S_BITS] + xw2[LIST_BITS+:S_BITS]);
      assert (none2 == (yw2[LIST_BITS+S_BITS] || xw2[LIST_BITS+S_BITS]) && lane2 == cw2[LIST_BITS+S_BITS+:LANE_BITS]);
      assert ({ty2, oy2} == yw2[LIST_BITS+S_BITS+1+:TY_BITS+OY_BITS] && {tx2, ox2} == xw2[LIST_BITS+S_BITS+1+:TX_BITS+OX_BITS]);
    end
  end
