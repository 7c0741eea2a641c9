  // The logit of neuron (channel, row, column), any one, is the potential that the last sweep gave for its lane of its block,
  // when all neurons of a map of any size that these blocks hold are fetched row-major. Neurons are fetched between `step_done`
  // and `taken`, and no block comes while `block_ready` is low.
  (* anyconst *) wire [7:0] c_size, y_size, x_size, channel, row, column;
  reg started = 1'b0, known = 1'b0, shown = 1'b0;
  reg [POTENTIAL-1:0] value;
  reg [7:0] fc, fy, fx;  // the neuron that is fetched next
  reg [7:0] come = 0;    // blocks of the sweep at hand
  wire [7:0] its_block = ((row / BANKS_Y) * BLOCKS_X + column / BANKS_X) * GROUPS + channel / CHANNELS;
  wire [7:0] its_lane = ((row % BANKS_Y) * BANKS_X + column % BANKS_X) * CHANNELS + channel % CHANNELS;
  wire its = fc == channel && fy == row && fx == column;
  always @(posedge clk) begin
    started <= 1'b1;
    shown <= fetch && its && known;
    if (block_valid && come == its_block) begin
      value <= block >> (its_lane * POTENTIAL);
      known <= 1'b1;
    end
    if (rst) {fc, fy, fx, come} <= 0;
    else begin
      if (block_valid) come <= come == BLOCKS - 1 ? 0 : come + 1'b1;
      if (fetch) begin
        fx <= last_x ? 0 : fx + 1'b1;
        if (last_x) fy <= last_y ? 0 : fy + 1'b1;
        if (last_x && last_y) fc <= last_c ? 0 : fc + 1'b1;
      end
    end
  end
  always @* begin
    if (!started) assume (rst && !block_valid);
    if (started) assume (!rst);
    assume (c_size <= GROUPS * CHANNELS && c_size + CHANNELS > GROUPS * CHANNELS);
    assume (y_size <= BLOCKS_Y * BANKS_Y && y_size + BANKS_Y > BLOCKS_Y * BANKS_Y);
    assume (x_size <= BLOCKS_X * BANKS_X && x_size + BANKS_X > BLOCKS_X * BANKS_X);
    assume (channel < c_size && row < y_size && column < x_size);
    assume (last_c == (fc == c_size - 1) && last_y == (fy == y_size - 1) && last_x == (fx == x_size - 1));
    if (fetch) assume (step_done);
    if (taken) assume (step_done && !fetch);
    if (block_valid) assume (block_ready);
    if (started) begin
      if (shown) assert (logit == $signed(value));
      assert (block_ready == !step_done && (!step_done || come == 0));
      // what carries the proof from one cycle to the next
      assert (come == number && come < BLOCKS && fc < c_size && fy < y_size && fx < x_size);
      assert (c_block == fc / CHANNELS && c_lane == fc % CHANNELS);
      assert (y_block == fy / BANKS_Y * (BLOCKS_X * GROUPS) && y_lane == fy % BANKS_Y);
      assert (x_block == fx / BANKS_X * GROUPS && x_lane == fx % BANKS_X);
    end
    assert (started || !known);
  end
  wire [P*POTENTIAL-1:0] at = blocks[its_block];
  wire [P*POTENTIAL-1:0] in_lane = at >> (its_lane * POTENTIAL);
  always @* if (known) assert (in_lane[POTENTIAL-1:0] == value);
