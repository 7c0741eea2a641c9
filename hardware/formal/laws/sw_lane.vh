  // The neuron with one word and one memo of its own, in any order of additions and steps, by the law as it is written down:
  //   U = sat(V - (V >> LEAK) + drive + sum of what was added), saturated once
  //   if       sends 1 iff U >= threshold; then V = U - threshold, or 0
  //   signed   1 iff U >= threshold and count < LIMIT (0: no limit), else -1 iff U < 0 and count > 0; V = U - threshold number
  //   burst    the most spikes n <= LIMIT with n threshold <= U; V = U - n threshold, LATE cycles later
  //   ternary  1 iff U >= threshold, -1 iff U <= -negative; V = U - threshold or U + negative
  // As long as each partial sum with the drive fits WORD - 1 bits, the word never overflows.
  localparam WIDE = WORD + 4;
  localparam RISING = KIND != "none";
  localparam LATE = KIND == "burst" ? NUMBER : 0;
  (* anyseq *) wire adds, sweeps, begins;
  (* anyconst *) wire signed [THRESHOLD-1:0] threshold, negative;
  reg known = 1'b0, begun = 1'b0;  // a word was begun, and has arrived
  reg [1:0] phase = 0;             // 0: gather, 1 to 3: the cycles 4 to 6 of a sweep, 1 also LATE cycles before
  reg [3:0] waited = 0;            // cycles in phase 1
  wire told = phase == 1 && waited == LATE;
  reg signed [WORD-1:0] word;      // what the memories hold
  reg [MEMO-1:0] memo;
  reg signed [WIDE-1:0] v, gathered, after, count;  // the law: V with its leak, the sum, V after the step, what is out
  reg signed [WIDE-1:0] sent, several;
  integer k;
  reg signed [WIDE-1:0] potential;

  wire signed [WIDE-1:0] exact = v + gathered;
  wire signed [WIDE-1:0] top = (1 <<< (POTENTIAL - 1)) - 1;
  wire signed [WIDE-1:0] u = exact > top ? top : exact < -top - 1 ? -top - 1 : exact;
  wire signed [WIDE-1:0] up = threshold;
  wire signed [WIDE-1:0] down = KIND == "ternary" ? negative : threshold;
  wire rises = RISING && u >= up && !(KIND == "signed" && LIMIT != 0 && count >= LIMIT);
  always @* begin
    several = 0;
    for (k = 1; k <= LIMIT; k = k + 1) if (KIND == "burst" && u >= k * up) several = k;
  end
  wire falls = !rises && (KIND == "signed" ? u < 0 && count > 0 : KIND == "ternary" ? u <= -down : 1'b0);
  wire signed [WIDE-1:0] less = u - up;
  wire signed [WIDE-1:0] more = u + down;
  wire signed [WIDE-1:0] leaked = after >>> LEAK;
  wire signed [WIDE-1:0] next_sum = gathered + tap3;
  wire signed [WIDE-1:0] half = 1 <<< (WORD - 2);
  wire signed [WIDE-1:0] most = (1 <<< MEMO) - 1;

  always @(posedge clk)
    case (phase)
      0: if (sweeps) begin
        phase <= 1;
        waited <= 0;
        if (KIND == "burst") sent <= several;
        else sent <= rises ? 1 : falls ? -1 : 0;
        potential <= u;
        if (KIND == "burst") after <= u - several * up;
        else if (rises) after <= RESET_ZERO ? 0 : less;
        else after <= falls ? more : u;
        if (KIND == "signed") count <= rises ? count + 1 : falls ? count - 1 : count;
      end else if (adds) begin
        word <= sum3;
        gathered <= next_sum;
      end
      1: if (waited != LATE) waited <= waited + 1'b1;
      else begin
        phase <= 2;
        memo <= memo4;
        if (begins) begin
          begun <= 1'b1;
          after <= initial4;
          count <= 0;
          memo <= 0;
        end
      end
      2: begin
        phase <= 3;
        if (LEAK == 0) v <= after;
        else v <= after - leaked;
        gathered <= drive5;
      end
      default: begin
        phase <= 0;
        word <= word6;
        known <= begun;
      end
    endcase

  always @* begin
    assume (word3 == word && memo3 == memo && begin4 == begins);
    assume (thresholds3[THRESHOLD-1:0] == threshold && thresholds3[THRESHOLDS*THRESHOLD-1-:THRESHOLD] == down);
    assume (threshold > 0 && threshold <= top && negative > 0 && negative <= top);
    assume (drive5 >= -half && drive5 < half);
    if (adds) assume (next_sum >= -half && next_sum < half);
    if (KIND == "signed" && LIMIT == 0) assume (count < most);  // the memo is wide enough for the steps of a run

    if (known && phase == 0) assert (word == exact);
    if (known && told) assert (number4 == sent[NUMBER-1:0]);
    if (known && told && RISING) assert (left4 == after);
    // what carries the proof from one cycle to the next
    if (known && phase == 1) assert (potential4 == potential);
    if (phase == 1) assert (waited <= LATE);
    if (known) assert (v <= top && v >= -top - 1 && gathered < half && gathered >= -half);
    if (begun && phase == 2) assert (rest5 == after);
    if (begun && phase == 3) assert (word6 == exact);
    if (begun && phase > 1) assert (after <= top && after >= -top - 1);
    if (begun && !known) assert (phase > 1);
    assert (begun || !known);
    if (KIND == "signed" && begun && (phase != 1 || known)) begin
      assert (count >= 0 && count <= most && (LIMIT == 0 || count <= LIMIT));
      if (phase != 1) assert (memo == count);
      else assert (memo4 == count);  // LATE is 0
    end
  end
