  // Lane (by, bx, cl), any one, adds the weight of the tap that lies oy rows above and ox columns left of it, in a circle of
  // banks, times what the event carries; the weights of another way to compute it: one shift of the row.
  (* anyconst *) wire [7:0] by, bx, cl;
  wire [7:0] dy = (by + BANKS_Y - oy) % BANKS_Y, dx = (bx + BANKS_X - ox) % BANKS_X;
  wire [15:0] place = (dy * BANKS_X + dx) * HELD + (ONE_CHANNEL ? 8'd0 : cl);
  wire [ROW-1:0] moved = row >> (place * WEIGHT);
  wire signed [WEIGHT-1:0] w = moved[WEIGHT-1:0];
  wire signed [TAP+WEIGHT+VALUE:0] wide = w;
  wire signed [TAP+WEIGHT+VALUE:0] many = TIMES == 2 ? wide * $signed({1'b0, value}) : TIMES == 1 && value[0] ? -wide : wide;
  wire signed [TAP+WEIGHT+VALUE:0] wanted = many * (1 << SHIFT);
  wire signed [TAP+WEIGHT+VALUE:0] limit = 1 <<< (TAP - 1);
  wire fits = wanted < limit && wanted >= -limit;   // as wide as the sums are proved to be
  wire [P*TAP-1:0] chosen = taps >> (((by * BANKS_X + bx) * CHANNELS + cl) * TAP);
  reg signed [TAP-1:0] before, earlier;
  reg fitted, fitted1;
  reg [1:0] age = 0;
  always @(posedge clk) begin
    if (age != 2) age <= age + 1'b1;
    {fitted, fitted1} <= {fits, fitted};
    before <= ONE_CHANNEL && lane != cl ? {TAP{1'b0}} : wanted[TAP-1:0];
    earlier <= none ? {TAP{1'b0}} : before;
  end
  always @* begin
    assume (by < BANKS_Y && bx < BANKS_X && cl < CHANNELS && oy < BANKS_Y && ox < BANKS_X && lane < CHANNELS);
    if (age == 2 && fitted1) assert (chosen[TAP-1:0] == earlier);
  end
