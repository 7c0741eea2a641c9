  // Word number `which` (modulo 2 DEPTH) is any one: it comes out as it went in, in its turn, once, however long it waits.
  (* anyconst *) wire [BITS:0] which;
  reg [WIDTH-1:0] kept;
  reg inside = 1'b0;
  wire enters = in_valid && in_ready && written == which;
  wire leaves = out_valid && out_ready && taken == which;
  wire [BITS:0] before = which - taken;
  always @(posedge clk)
    if (rst) inside <= 1'b0;
    else begin
      if (enters) begin
        inside <= 1'b1;
        kept <= in_word;
      end
      if (leaves) inside <= 1'b0;
    end
  reg started = 1'b0;
  always @(posedge clk) started <= 1'b1;
  always @* if (!started) assume (rst);
  always @* if (started && !rst) begin
    assert (held <= DEPTH);
    assert (out_valid == (held != 0) && in_ready == (held != DEPTH));
    assert (inside == (before < held));
    if (inside) assert (words[which[BITS-1:0]] == kept);
    if (leaves) assert (inside && out_word == kept);
  end
