  // The neuron with one word of its own, in any order of additions and steps:
  //   U = sat(V - (V >> LEAK) + drive + sum of what was added), saturated once; it fires iff U >= threshold;
  //   V = U - threshold, or 0, after a spike, else U.
  // Whatever is added, as long as each partial sum with the drive fits SUM bits, the word never overflows.
  localparam SUM = WORD - 1;
  localparam WIDE = WORD + 4;
  reg begun = 1'b0;
  reg [1:0] phase = 0;           // 0: gather, 1 to 3: the sweep's cycles 4 to 6
  (* anyseq *) wire adds, sweeps, begins;
  reg signed [WORD-1:0] mine;
  reg signed [WIDE-1:0] v;       // V by the law, after the leak
  reg signed [WIDE-1:0] gathered;
  reg known = 1'b0, spikes;
  reg signed [WIDE-1:0] after;   // V of the next step
  wire signed [WIDE-1:0] exact = v + gathered;
  wire signed [WIDE-1:0] top = (1 <<< (POTENTIAL - 1)) - 1;
  wire signed [WIDE-1:0] sat = exact > top ? top : exact < -top - 1 ? -top - 1 : exact;
  (* anyconst *) wire signed [THRESHOLD-1:0] threshold;
  wire signed [WIDE-1:0] theta = threshold;
  wire fires = FIRES && sat >= theta;
  wire signed [WIDE-1:0] less = sat - theta;
  wire signed [WIDE-1:0] next_sum = gathered + tap;
  wire signed [WIDE-1:0] half = 1 <<< (SUM - 1);
  always @(posedge clk) begin
    case (phase)
      0: if (sweeps) begin
        phase <= 1;
        spikes <= fires;
        after <= !fires ? sat : RESET_ZERO ? 0 : less;
      end else if (adds) begin
        mine <= sum;
        gathered <= next_sum;
      end
      1: begin phase <= 2; if (begins) after <= initial4; end
      2: begin phase <= 3; v <= after - (LEAK ? after >>> LEAK : 0); gathered <= drive5; end
      default: begin phase <= 0; mine <= word6; known <= known || begun; end
    endcase
    if (phase == 1 && begins) begun <= 1'b1;
  end
  always @* begin
    assume (word == mine);
    assume (begin4 == begins);
    assume (threshold3 == threshold && threshold4 == threshold && threshold > 0 && threshold <= top);
    assume (drive5 >= -half && drive5 < half);
    if (adds) assume (next_sum >= -half && next_sum < half);
    if (known && phase == 0) assert (mine == exact);
    if (known && phase == 1) assert (fired4 == spikes && potential4 == sat);
    if (known) assert (v <= top && v >= -top - 1 && gathered < half && gathered >= -half);
    if (begun && phase == 2) assert (rest5 == after);
    if (begun && phase == 3) assert (word6 == exact);
    assert (begun || !known);
    if (begun && !known) assert (phase > 1);
  end
