  // Lane `which`, any one: if it fired in a block that was taken, its event is sent exactly once before the next block is
  // taken, and no event of a lane that did not fire is ever sent. Lanes ascend; one token follows the last block; an event
  // that waits stays as it is.
  (* anyconst *) wire [LANES-1:0] which;  // one bit is set
  reg waits = 1'b0, owes = 1'b0;          // an event of `which`, a token
  reg [C_BITS-1:0] wc;
  reg [Y_BITS-1:0] wy;
  reg [X_BITS-1:0] wx;
  reg started = 1'b0;
  wire takes = in_valid && in_ready;
  wire sends = out_valid && out_ready && !out_token;
  wire mine = sends && lowest == which;
  reg stalled = 1'b0, token1;
  reg [C_BITS-1:0] c1;
  reg [Y_BITS-1:0] y1;
  reg [X_BITS-1:0] x1;
  integer j, k;
  reg [C_BITS-1:0] at_c;
  reg [Y_BITS-1:0] at_y;
  reg [X_BITS-1:0] at_x;
  always @(posedge clk) begin
    started <= 1'b1;
    if (rst) {waits, owes} <= 2'b00;
    else begin
      if (takes) waits <= |(in_fired & which);
      else if (mine) waits <= 1'b0;
      if (takes) owes <= in_last;
      else if (out_valid && out_ready && out_token) owes <= 1'b0;
    end
    if (takes)
      for (k = 0; k < LANES; k = k + 1)
        if (which[k]) begin
          wc <= in_c + (k % CHANNELS);
          wy <= in_y + (k / CHANNELS / BANKS_X);
          wx <= in_x + (k / CHANNELS % BANKS_X);
        end
    stalled <= !rst && out_valid && !out_ready;
    {token1, c1, y1, x1} <= {out_token, out_c, out_y, out_x};
  end
  always @* begin
    assume (which != 0 && (which & (which - 1'b1)) == 0);
    if (!started) assume (rst);
    if (started && !rst) begin
      if (mine) assert (waits && {out_c, out_y, out_x} == {wc, wy, wx});
      if (sends) assert (lowest != 0 && (waits && !mine ? lowest < which : 1'b1));
      if (takes) assert (!waits || mine);
      if (takes && owes) assert (out_valid && out_ready && out_token);
      if (out_valid && out_token) assert (owes && !waits);
      if (stalled) assert (out_valid && token1 == out_token);
      if (stalled && !out_token) assert ({out_c, out_y, out_x} == {c1, y1, x1});
      // what carries the proof on
      assert (waits == (held && !token && |(fired & which)));
      assert (owes == (token || (held && last)));
      if (waits) assert ({wc, wy, wx} == {at_c, at_y, at_x});
    end
  end
  always @* begin
    {at_c, at_y, at_x} = {c, y, x};
    for (j = 0; j < LANES; j = j + 1)
      if (which[j]) begin
        at_c = c + (j % CHANNELS);
        at_y = y + (j / CHANNELS / BANKS_X);
        at_x = x + (j / CHANNELS % BANKS_X);
      end
  end
