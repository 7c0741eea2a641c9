  // Neuron `which`, any one: what is fetched of it is what the law counts since it was set to nothing,
  //   FIRST 0: the sum of what its events say, each taken one counted once;
  //   FIRST 1: the steps, that at hand among them, in which it had fired, now or before,
  // as long as that fits LOGIT bits. Neurons are fetched between `step_done` and `taken`, or while all are cleared.
  localparam WIDE = LOGIT + VALUE + 2;
  (* anyconst *) wire [BITS-1:0] which;
  reg started = 1'b0, begins = 1'b1, cleared = 1'b0, fetched = 1'b0;
  reg signed [WIDE-1:0] count, told;
  reg [WIDE-1:0] number;  // of the step, from 1
  wire mine = {c, y, x} == which;
  wire counts = takes && !event_token && {event_c, event_y, event_x} == which;
  reg signed [WIDE-1:0] said;  // by this event
  always @* begin
    if (TIMES == 3) said = $signed(event_value);
    else if (TIMES == 2) said = $signed({1'b0, event_value});
    else if (TIMES == 1) said = event_value[0] ? -1 : 1;
    else said = 1;
  end
  wire signed [WIDE-1:0] top = (1 <<< (LOGIT - 1)) - 1;
  always @(posedge clk) begin
    started <= 1'b1;
    begins <= rst || clearing;
    fetched <= fetch && mine && cleared;
    if (fetch && mine) told <= count;
    if (fetch && mine && clear) begin
      cleared <= 1'b1;
      count <= 0;
    end else if (counts) count <= FIRST ? (count == 0 ? 1 : count) : count + said;
    else if (FIRST && taken && !ends && count != 0) count <= count + 1;
    if (rst) number <= 1;
    else if (taken) number <= ends ? 1 : number + 1'b1;
  end
  always @* begin
    if (!started) assume (rst && !fetch && !event_valid);
    if (started) assume (!rst);
    if (fetch) assume (clearing || step_done);
    if (fetch && mine) assume (!(clears1 && place1 == which));  // not twice on end
    if (taken) assume (step_done && !clearing);
    if (clearing) assume (!step_done && begins);
    if (taken && ends && FIRST) assume (count == 0);  // all are cleared when they answer
    if (cleared) assume (count <= top && count >= -top - 1);
    assume (number < top);
    if (started) begin
      if (fetched) assert (logit == told);
      assert (!(event_ready && step_done));
      if (fetch) assert (!adds1 && !takes);  // all events of the step are in what is kept
      // what carries the proof from one cycle to the next
      assert (number == step && number != 0);
      if (step_done) assert (!adds1);
      if (clears1 && cleared && place1 == which) assert (count == 0);
    end
  end
  wire [LOGIT-1:0] now = (adds1 || clears1) && place1 == which ? next : kept[which];
  wire [LOGIT-1:0] since = now == 0 ? 0 : step + 1'b1 - now;
  always @* assert (started || !cleared);
  always @* if (started && cleared) begin
    assert ((FIRST ? since : now) == count[LOGIT-1:0]);
    if (FIRST) assert (count >= 0 && now <= step);
  end
