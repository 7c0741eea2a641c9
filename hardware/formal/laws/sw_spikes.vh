  // Lane `which`, any one: if its number in a block that was taken is not 0, it is sent with its place exactly once before the
  // next block is taken, and nothing else is sent as its. Lanes ascend; one token follows the last block; an event that waits
  // stays as it is.
  (* anyconst *) wire [LANES-1:0] which;  // one bit is set
  localparam EVENT = NUMBER + C_BITS + Y_BITS + X_BITS;
  reg started = 1'b0, stalled = 1'b0, token1;
  reg waits = 1'b0, owes = 1'b0;          // an event of `which`, a token
  reg [EVENT-1:0] wanted, said1;
  reg [EVENT-1:0] taken, inside;          // of lane `which`: what is offered, and what the module holds
  integer j;
  always @* begin
    taken = 0;
    inside = 0;
    for (j = 0; j < LANES; j = j + 1)
      if (which[j]) begin
        taken[X_BITS+Y_BITS+C_BITS+:NUMBER] = in_numbers[j*NUMBER+:NUMBER];
        taken[X_BITS+Y_BITS+:C_BITS] = in_c + (j % CHANNELS);
        taken[X_BITS+:Y_BITS] = in_y + (j / CHANNELS / BANKS_X);
        taken[0+:X_BITS] = in_x + (j / CHANNELS % BANKS_X);
        inside[X_BITS+Y_BITS+C_BITS+:NUMBER] = numbers[j*NUMBER+:NUMBER];
        inside[X_BITS+Y_BITS+:C_BITS] = c + (j % CHANNELS);
        inside[X_BITS+:Y_BITS] = y + (j / CHANNELS / BANKS_X);
        inside[0+:X_BITS] = x + (j / CHANNELS % BANKS_X);
      end
  end
  wire [EVENT-1:0] said = {out_number, out_c, out_y, out_x};
  wire takes = in_valid && in_ready;
  wire sends = out_valid && out_ready && !out_token;
  wire mine = sends && lowest == which;
  always @(posedge clk) begin
    started <= 1'b1;
    if (rst) {waits, owes} <= 2'b00;
    else begin
      if (takes) waits <= taken[X_BITS+Y_BITS+C_BITS+:NUMBER] != 0;
      else if (mine) waits <= 1'b0;
      if (takes) owes <= in_last;
      else if (out_valid && out_ready && out_token) owes <= 1'b0;
    end
    if (takes) wanted <= taken;
    stalled <= !rst && out_valid && !out_ready;
    {token1, said1} <= {out_token, said};
  end
  always @* begin
    assume (which != 0 && (which & (which - 1'b1)) == 0);
    if (!started) assume (rst);
    if (started && !rst) begin
      if (mine) assert (waits && said == wanted);
      if (sends) assert (lowest != 0);
      if (sends && waits && !mine) assert (lowest < which);
      if (takes) assert (!waits || mine);
      if (takes && owes) assert (out_valid && out_ready && out_token);
      if (out_valid && out_token) assert (owes && !waits);
      if (stalled) assert (out_valid && token1 == out_token && (out_token || said == said1));
      // what carries the proof from one cycle to the next
      assert (waits == (held && !token && |(fired & which)));
      assert (owes == (token || (held && last)));
      if (waits) assert (wanted == inside);
    end
  end
