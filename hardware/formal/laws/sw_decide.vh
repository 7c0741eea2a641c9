  // The logits are any, and stay as they are from `step_done` on until `taken`; a fetched one is there in the next cycle, until
  // another fetch. By the law, at once: the class is the first of the largest; the step is the last one when it is number STEPS
  // or its lead (1), its height (2) is HEIGHT; the answer is class, steps and all logits, in this order, each once, however
  // long each word waits. From `step_done` to the judgement there are N + 3 cycles, N + 4 with a rule.
  localparam signed [31:0] BAR = HEIGHT;
  localparam GONE = N + 2 + (RULE != 0);
  (* anyseq *) wire [N*LOGIT-1:0] others;
  reg [N*LOGIT-1:0] logits;
  reg signed [LOGIT-1:0] read;
  reg started = 1'b0, after = 1'b0, kept_done = 1'b0, answers = 1'b0;
  reg [7:0] gone = 0;             // cycles since the first fetch
  reg [7:0] word = 0;             // of the answer
  reg [STEP_BITS:0] steps = BEFORE;
  wire [7:0] place = (c * Y_SIZE + y) * X_SIZE + x;
  wire looks = state == LOOK || state == JUDGE;
  wire [7:0] looked = !looks ? N : gone < 2 ? 0 : gone < N + 2 ? gone - 2 : N;  // neurons that were compared
  wire final = steps == STEPS - 1;

  integer k;
  reg [7:0] highest;              // of the first `looked`, by the law
  reg signed [LOGIT-1:0] one, first, next_one;
  reg none, alone;
  always @* begin
    {none, alone, highest, first, next_one} = {2'b11, 8'd0, {2 * LOGIT{1'b0}}};
    for (k = 0; k < N; k = k + 1) begin
      one = logits[k*LOGIT+:LOGIT];
      if (k < looked) begin
        if (none || one > first) begin
          if (!none) {alone, next_one} = {1'b0, first};
          {none, highest, first} = {1'b0, k[7:0], one};
        end else if (alone || one > next_one) {alone, next_one} = {1'b0, one};
      end
    end
  end
  wire signed [LOGIT+1:0] lead_is = first - next_one;
  wire stops = RULE == 1 ? !alone && lead_is >= BAR : RULE == 2 && first >= BAR;
  wire judges = looks && gone == GONE;

  always @(posedge clk) begin
    started <= 1'b1;
    after <= taken;
    kept_done <= !rst && step_done && !taken;
    if (!step_done || taken) logits <= others;
    if (fetch) read <= logits[place*LOGIT+:LOGIT];
    gone <= looks ? gone + 1'b1 : 0;
    if (rst) {answers, word, steps} <= {1'b0, 8'd0, BEFORE[STEP_BITS:0]};
    else begin
      if (over) answers <= 1'b1;
      else if (passed && word == N + 1) answers <= 1'b0;
      if (passed) word <= word == N + 1 ? 0 : word + 1'b1;
      if (taken) steps <= answers ? BEFORE : steps + 1'b1;
    end
  end
  always @* begin
    if (!started) assume (rst);
    assume (logit == read);
    if (kept_done) assume (step_done);
    if (after || state == CLEAR) assume (!step_done);
    if (started && !rst) begin
      assert (over == (judges && (final || stops)));
      assert (early == (over && !final));
      assert (taken == ((state == WAIT && step_done && RULE == 0 && !final) || (judges && !over) || (passed && word == N + 1)));
      assert (answer_valid == answers);
      if (answers && word == 0) assert (answer_word == highest);
      if (answers && word == 1) assert (answer_word == steps + 1);
      if (answers && word > 1) assert ($signed(answer_word) == $signed(logits[(word-2)*LOGIT+:LOGIT]));
      if (answers) assert (answer_last == (word == N + 1) && step_done);
      if (fetch) assert (clearing || step_done);  // on this the law of sw_tally stands
      if (taken) assert (step_done && !clearing);
      // what carries the proof from one cycle to the next
      assert (state <= LOGITS && c < C_SIZE && y < Y_SIZE && x < X_SIZE && steps == step && steps < STEPS);
      assert (answers == (state == CLASS || state == TAKEN || state == LOGITS) && (answers || word == 0));
      if (state == CLASS) assert (word == 0);
      if (state == TAKEN) assert (word == 1 && number == 0);
      if (state == LOGITS) assert (word == number + 2 && number < N && place == (number + 1) % N && read == $signed(logits[number*LOGIT+:LOGIT]));
      if (state == LOOK) assert (gone == place);
      if (state == WAIT || state == JUDGE || state == CLASS || state == TAKEN) assert (place == 0);
      if (state == JUDGE) assert (gone >= N && gone <= GONE);
      if (state == CLEAR) assert ((place < 1 || !looking) && (place < 2 || !seeing));
      else assert (looking == (looks && gone >= 1 && gone <= N) && seeing == (looks && gone >= 2 && gone <= N + 1));
      if (looks) assert (number == looked[CLASS_BITS-1:0]);
      if (looks && looking) assert (read == $signed(logits[(gone-1)*LOGIT+:LOGIT]));
      if (looks && seeing) assert (seen == $signed(logits[(gone-2)*LOGIT+:LOGIT]));
      if (state == JUDGE && RULE != 0) assert (weighed == (gone == GONE));
      if (state == JUDGE && RULE == 1 && weighed && !alone) assert (lead == lead_is);
      if (state != WAIT && state != CLEAR) begin
        assert (kept_done && some == !none && several == !alone);
        if (some) assert (best == first && best_number == highest);
        if (several) assert (second == next_one);
      end
    end
  end
