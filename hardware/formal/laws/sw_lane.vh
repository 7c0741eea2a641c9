  // The neuron with one word and one memo of its own, in any order of additions and steps, by the law as it is written down:
  //   U = sat(V - (V >> LEAK) + drive + sum of what was added), saturated once
  //   if       sends 1 iff U >= threshold; then V = U - threshold, or 0
  //   deaf     as "if", and for DEAF steps after a spike nothing is sent and V stays as it is
  //   signed   1 iff U >= threshold and count < LIMIT (0: no limit), else -1 iff U < 0 and count > 0; V = U - threshold number
  //   burst    the most spikes n <= LIMIT with n threshold <= U; V = U - n threshold, LATE cycles later
  //   ternary  1 iff U >= threshold, -1 iff U <= -negative; V = U - threshold or U + negative
  //   stepped  1 iff U >= threshold; V = U - negative, or 0; both of any sign, and V may be wider than U
  //   latched  what was added, and the drive of the first step, stay on: 1 iff V + all of it >= threshold, once; then V = 0
  //   ramp     the most slots n <= LIMIT with 2 n SLOT <= 2 U + SLOT
  //   gate     m - count, but LIMIT at most either way (0: no limit); m: the largest of what was added, less OFFSET; 0 before
  // As long as each partial sum with the drive fits WORD - 1 bits, the word never overflows.
  localparam WIDE = WORD + 4;
  localparam DEAFENS = KIND == "deaf", LATCHED = KIND == "latched", GATE = KIND == "gate";
  localparam RISING = KIND != "none" && KIND != "ramp" && !GATE;
  localparam LATE = KIND == "burst" ? NUMBER : KIND == "ramp" && SLOT_SHIFT < 0 ? NUMBER + 1
                    : KIND == "ramp" || KIND == "stepped" || LATCHED ? 1 : 0;
  localparam DEAF_BITS = DEAFENS && !RESET_ZERO ? MEMO - POTENTIAL : MEMO;  // of the steps in its memo
  (* anyseq *) wire adds, swept, begins;
  (* anyconst *) wire signed [THRESHOLD-1:0] threshold, negative;
  reg known = 1'b0, begun = 1'b0;  // a word was begun, and has arrived
  reg fresh = 1'b0;                // it is the first one of an inference
  reg [1:0] phase = 0;             // 0: gather, 1 to 3: the cycles 4 to 6 of a sweep, 1 also LATE cycles before
  reg [3:0] waited = 0;            // cycles in phase 1
  wire told = phase == 1 && waited == LATE;
  reg signed [WORD-1:0] word;      // what the memories hold
  reg [MEMO-1:0] memo;
  wire [MEMO-1:0] noted = phase == 1 ? memo4 : memo;  // what is remembered; of kinds whose LATE is 0
  reg signed [WIDE-1:0] v, gathered, after, count;  // the law: V with its leak, the sum, V after the step, what is out
  reg signed [WIDE-1:0] sent, several;
  integer k;
  reg signed [WIDE-1:0] potential;

  wire signed [WIDE-1:0] limit = LIMIT, slot = SLOT, offset = OFFSET, deaf = DEAF;
  wire signed [WIDE-1:0] exact = v + gathered;
  wire signed [WIDE-1:0] stored = LATCHED ? gathered : exact;  // what the word is to be
  wire signed [WIDE-1:0] top = (1 <<< (SATURATED - 1)) - 1;
  wire signed [WIDE-1:0] widest = (1 <<< (POTENTIAL - 1)) - 1;
  wire signed [WIDE-1:0] u = exact > top ? top : exact < -top - 1 ? -top - 1 : exact;
  wire signed [WIDE-1:0] up = threshold;
  wire signed [WIDE-1:0] down = KIND == "ternary" || KIND == "stepped" ? negative : threshold;
  wire silent = DEAFENS || LATCHED ? count != 0 : KIND == "signed" && LIMIT != 0 && count >= limit;
  wire rises = RISING && u >= up && !silent;
  always @* begin
    several = 0;
    for (k = 1; k <= LIMIT; k = k + 1) begin
      if (KIND == "burst" && u >= k * up) several = k;
      if (KIND == "ramp" && 2 * u + slot >= 2 * k * slot) several = k;
    end
  end
  wire falls = !rises && (KIND == "signed" ? u < 0 && count > 0 : KIND == "ternary" ? u <= -down : 1'b0);
  wire signed [WIDE-1:0] less = KIND == "stepped" ? u - down : u - up;
  wire signed [WIDE-1:0] more = u + down;
  wire signed [WIDE-1:0] leaked = after >>> LEAK;
  wire signed [WIDE-1:0] tap = tap3;
  wire signed [WIDE-1:0] next_sum = GATE ? (tap > gathered ? tap : gathered) : gathered + tap;
  wire signed [WIDE-1:0] half = 1 <<< (WORD - 2);
  wire signed [WIDE-1:0] most = (1 <<< MEMO) - 1;
  wire signed [WIDE-1:0] ahead = (exact == 0 ? 0 : exact - offset) - count;
  wire signed [WIDE-1:0] brought = LIMIT == 0 ? ahead : ahead > limit ? limit : ahead < -limit ? -limit : ahead;

  always @(posedge clk)
    case (phase)
      0: if (swept) begin
        phase <= 1;
        waited <= 0;
        if (KIND == "burst" || KIND == "ramp") sent <= several;
        else if (GATE) sent <= brought;
        else sent <= rises ? 1 : falls ? -1 : 0;
        potential <= u;
        if (KIND == "burst") after <= u - several * up;
        else if (KIND == "ramp" || GATE && FRESH) after <= 0;
        else if (DEAFENS && silent) after <= RESET_ZERO ? 0 : after;
        else if (LATCHED && (rises || silent)) after <= 0;
        else if (rises) after <= RESET_ZERO ? 0 : less;
        else after <= falls ? more : u;
        if (KIND == "signed") count <= rises ? count + 1 : falls ? count - 1 : count;
        if (GATE) count <= count + brought;
        if (DEAFENS) count <= rises ? deaf : silent ? count - 1 : 0;
        if (LATCHED && rises) count <= 1;
      end else if (adds) begin
        word <= sum3;
        gathered <= next_sum;
      end
      1: if (waited != LATE) waited <= waited + 1'b1;
      else begin
        phase <= 2;
        memo <= memo4;
        fresh <= begins;
        if (begins) begin
          begun <= 1'b1;
          after <= initial4;
          count <= 0;
          if (!LATCHED) memo <= 0;
        end
      end
      2: begin
        phase <= 3;
        if (GATE) v <= 0;
        else if (LEAK == 0) v <= after;
        else v <= after - leaked;
        if (GATE) gathered <= after;
        else if (!LATCHED || fresh) gathered <= drive5;
      end
      default: begin
        phase <= 0;
        word <= word6;
        known <= begun;
      end
    endcase

  always @* begin
    if (phase == 0 ? swept : phase != 3) assume (sweeps);  // else it may be high or low
    assume (word3 == word && memo3 == memo && begin4 == begins);
    assume (thresholds3[THRESHOLD-1:0] == threshold && thresholds3[THRESHOLDS*THRESHOLD-1-:THRESHOLD] == down);
    if (KIND == "stepped") assume (negative <= widest - top && negative >= top - widest);
    else assume (threshold > 0 && threshold <= top && negative > 0 && negative <= top);
    assume (drive5 >= -half && drive5 < half);
    if (GATE) assume (drive5 == 0 && initial4 == 0 && tap3 >= 0);
    if (adds) assume (next_sum >= -half && next_sum < half);
    if (KIND == "signed" && LIMIT == 0) assume (count < most);  // the memo is wide enough for the steps of a run

    if (known && phase == 0) assert (word == stored);
    if (known && told) assert (number4 == sent[NUMBER-1:0]);
    if (known && told && KIND != "none") assert (left4 == after);
    // what carries the proof from one cycle to the next
    if (known && phase == 1 && !LATCHED) assert (potential4 == potential);
    if (phase == 1) assert (waited <= LATE);
    if (known) assert (v <= widest && v >= -widest - 1 && gathered < half && gathered >= -half);
    if (begun && phase == 2 && !LATCHED) assert (rest5 == after);
    if (begun && phase == 3) assert (word6 == stored);
    if (begun && phase > 1) assert (after <= widest && after >= -widest - 1);
    if (begun && !known) assert (phase > 1);
    assert (begun || !known);
    if (KIND == "signed" && begun && (phase != 1 || known)) begin
      assert (count >= 0 && count <= most && (LIMIT == 0 || count <= limit));
      assert (noted == count);
    end
    if (DEAFENS && begun && (phase != 1 || known)) begin
      assert (count >= 0 && count <= deaf);
      assert (noted[DEAF_BITS-1:0] == count);
      if (count != 0 && RESET_ZERO) assert (after == 0);
      if (count != 0 && !RESET_ZERO) assert ($signed(noted[MEMO-1:DEAF_BITS%MEMO]) == after);
    end
    if (LATCHED && begun && phase != 1)
      assert ($signed(memo[(MEMO+MEMO-2)%MEMO:0]) == after && memo[MEMO-1] == count && count >= 0 && (phase == 2 || v == after));
    if (GATE && begun && (phase != 1 || known)) begin
      assert (count >= -offset && count < half && after < half && (phase > 1 || gathered >= 0 && v == 0) && after >= 0);
      assert ($signed(noted) == count);
    end
  end
