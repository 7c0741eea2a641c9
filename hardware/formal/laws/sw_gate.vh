  // A word of input number n goes out when n inferences are over, waits before, and is dropped after: `ahead` is how many are
  // over less how many inputs have come to their last token. Each inference is over once.
  reg started = 1'b0;
  reg signed [2:0] ahead = 0;
  reg [BITS:0] come = 0;  // tokens of the input at hand
  wire word = in_valid && in_ready;
  wire ended = word && in_token && come == TOKENS - 1;
  always @(posedge clk) begin
    started <= 1'b1;
    if (rst) begin
      ahead <= 0;
      come  <= 0;
    end else begin
      ahead <= ahead + $signed({2'b00, over}) - $signed({2'b00, ended});
      if (word && in_token) come <= ended ? 0 : come + 1'b1;
    end
  end
  always @* begin
    if (!started) assume (rst);
    if (over) assume (ahead <= 0);
    if (started && !rst) begin
      assert (out_valid == (in_valid && ahead == 0));
      assert (in_ready == (ahead == 1 || (ahead == 0 && out_ready)));
      assert (drops == (ahead == 1));
      assert (closed == (ahead == -1));
      assert (come == tokens && come < TOKENS && ahead <= 1 && ahead >= -1);
    end
  end
