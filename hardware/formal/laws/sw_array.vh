  // Neuron `which`, any one of the two: what it sends in each step, and the potential that is left, are those of the law
  //   U = sat(V + drive + sum of the weights of all passes, of any projection, since the last step), saturated once;
  //   it fires iff U >= threshold; V = U - threshold then, else U; v0 after the last step,
  // once for each token, whatever the order of passes, whenever they come and however long what is sent has to wait. What the
  // word holds and the weights of the passes still under way are that sum at any time: nothing is lost, nothing overflows.
  //
  // Assumed: of the front, that no pass comes from a token on until `resume`; of the synapse, that a pass's weight arrives in its
  // cycle 3 (laws of sw_front, sw_taps); of the network, that V + drive + any sum fits the word, as its widths are proved to.
  wire [9:0] at1 = \d_control.some.line [9:0], at2 = \d_control.some.line [19:10];
  wire [9:0] at3 = \d_control.some.line [29:20], at4 = \d_control.some.line [39:30];
  wire [1:0] at5 = \d_store.some.line [1:0], at6 = \d_store.some.line [3:2];
  wire [6:1] swept = {at6[0], at5[0], at4[9], at3[9], at2[9], at1[9]};  // blocks of a sweep by their cycle
  wire [6:1] blocks = {at6[1], at5[1], at4[2], at3[2], at2[2], at1[2]};
  wire [SOURCES-1:0] served1 = \d_adds.some.line [SOURCES-1:0], served2 = \d_adds.some.line [2*SOURCES-1:SOURCES];
  wire [SOURCES-1:0] served3 = \d_adds.some.line [3*SOURCES-1:2*SOURCES];
  wire [3:0] adds = {\d_sum.some.line , |served3, |served2, |served1};  // passes by their cycle
  wire b0 = \d_served.some.line [7], b1 = block1, b2 = \d_block2.some.line , b3 = \d_block3.some.line ;
  wire a2 = \banks.row[0].column[0].shared.bank.memory.address2 ;
  wire a3 = \banks.row[0].column[0].shared.bank.memory.address3 ;
  wire a4 = \banks.row[0].column[0].shared.bank.memory.address4 ;
  wire kept4 = \banks.row[0].column[0].shared.bank.memory.kept4 ;
  wire same = \banks.row[0].column[0].shared.bank.memory.same ;
  wire near = \banks.row[0].column[0].shared.bank.memory.near ;
  wire [WORD-1:0] sum4 = \banks.row[0].column[0].shared.bank.memory.sum4 ;
  wire [WORD-1:0] read3 = \banks.row[0].column[0].shared.bank.memory.word3 ;
  wire [POTENTIAL-1:0] potential4 = \lane[0].neuron.potential4 , rest5 = \lane[0].neuron.rest5 ;
  wire [WORD-1:0] word6n = \lane[0].neuron.word6 ;
  wire number4 = \lane[0].neuron.law.fire.number4 ;
  wire [1:0] state = \sequencer.state ;
  wire [5:0] waited = \sequencer.waited ;
  wire [SOURCES-1:0] complete = \sequencer.complete ;
  wire block = \sequencer.block ;
  localparam BEGIN = 0, GATHER = 1, SWEEP = 2, SETTLED = 3;
  localparam WIDE = WORD + 3;

  (* anyconst *) wire which;
  (* anyseq *) wire signed [TAP-1:0] weight;
  wire [THRESHOLD+DRIVE+POTENTIAL-1:0] row = \constants.rom.genblk1.tables.words [which];
  wire signed [POTENTIAL-1:0] v0 = row[POTENTIAL-1:0];
  wire signed [DRIVE-1:0] drive = row[POTENTIAL+:DRIVE];
  wire signed [THRESHOLD-1:0] threshold = row[POTENTIAL+DRIVE+:THRESHOLD];
  reg started = 1'b0, known = 1'b0, began, anew, gave, stepped;
  reg [SOURCES-1:0] told_token = 0, told_resume = 0;
  reg [2:0] old = 0;       // cycles since the reset
  reg [2:0] age = 0;       // cycle of the block of `which` in a sweep, 0: none
  reg signed [TAP-1:0] g0, g1, g2, g3;
  reg signed [WIDE-1:0] v, total, exact, u;
  reg fired;
  wire signed [WIDE-1:0] now = v + drive + total;
  wire signed [WIDE-1:0] top = (1 <<< (POTENTIAL - 1)) - 1, half = 1 <<< (WORD - 1);
  wire signed [WIDE-1:0] clipped = now > top ? top : now < -top - 1 ? -top - 1 : now;
  wire fires = clipped >= threshold;
  wire signed [WIDE-1:0] less = clipped - threshold;
  wire signed [WIDE-1:0] left = fires ? less : clipped;
  wire signed [WIDE-1:0] initially = v0;
  wire signed [WIDE-1:0] exact_u = exact > top ? top : exact < -top - 1 ? -top - 1 : exact;
  wire signed [WIDE-1:0] exact_less = exact_u - threshold;
  wire signed [WIDE-1:0] exact_left = fired ? exact_less : exact_u;
  wire [SOURCES-1:0] goes = pass_valid & pass_ready, meant;
  genvar i;
  generate
    for (i = 0; i < SOURCES; i = i + 1) begin : source
      assign meant[i] = pass_block[i*S_BITS] == which;
    end
  endgenerate
  wire served = (goes & ~pass_empty & meant) != 0;
  wire begins = state == BEGIN;
  wire moves = \sequencer.sweeping ;
  wire issue = moves && block == which;
  wire again = begins || \sequencer.step == STEPS - 1;
  wire signed [WIDE-1:0] more = total + weight;
  wire signed [WIDE-1:0] bound = now + weight;
  always @(posedge clk) begin
    started <= 1'b1;
    {g0, g1, g2, g3} <= {weight, g0, g1, g2};
    told_token <= token;
    told_resume <= resume;
    if (rst) {old, age, known, stepped} <= 0;
    else begin
      if (old != 7) old <= old + 1'b1;
      age <= issue ? 1 : age == 0 || age == 6 ? 0 : age + 1'b1;
      if (age == 6) known <= 1'b1;
      if (issue) begin
        exact <= now;
        u <= left;
        fired <= fires;
        {began, anew, gave} <= {begins, again, !begins && again};
        v <= again ? initially : left;
        total <= 0;
      end else if (served) total <= more;
      if (state == SWEEP && moves && block == 1) stepped <= 1'b0;
      else if (issue && !begins) stepped <= 1'b1;
    end
  end

  wire signed [WORD-1:0] stored = \banks.row[0].column[0].shared.bank.memory.tables.words [which];
  wire signed [WORD-1:0] after4 = sum4;
  wire signed [WORD-1:0] held = kept4 && a4 == which ? after4 : stored;
  wire signed [WIDE-1:0] p0 = adds[0] && b0 == which ? g0 : 0, p1 = adds[1] && b1 == which ? g1 : 0;
  wire signed [WIDE-1:0] p2 = adds[2] && b2 == which ? g2 : 0, p3 = adds[3] && b3 == which ? g3 : 0;
  wire signed [WIDE-1:0] all3 = held + p3, all2 = all3 + p2, all1 = all2 + p1;  // when the pass in this cycle has been added
  wire signed [WIDE-1:0] all = all1 + p0;
  wire signed [WIDE-1:0] next_word = v + drive;
  wire [WORD-1:0] word3n = same ? sum4 : read3;
  wire [3:0] queue_held = \queue.blocks.written - \queue.blocks.taken ;
  wire [6:0] under_way = queue_held + at1[5] + at2[5] + at3[5] + at4[5];

  always @* begin
    assume (started ? !rst : rst);
    assume (load[LOAD_ROW+LOAD_ADDRESS+:16] == 0);
    assume (threshold > 0);
    assume (taps3 == (adds[3] ? g3 : 0));
    assume ((told_token & ~told_resume & ~token) == 0 && (told_resume & token) == 0 && (token & pass_valid) == 0);
    if (served) assume (bound < half && bound >= -half);
  end
  always @* if (started) begin
    // the law
    if (age == 4 && !began) assert (number4 == fired && at4[5] && at4[8] == which && at4[2] == which);
    if (age == 4 && gave) assert (read_valid && $signed(read_words) == u);
    if (at4[5]) assert (\queue.blocks.in_ready );
    if (issue && !begins) assert (!stepped && &complete && &token && now < half && now >= -half);
    if (state == SWEEP && moves && block == 1) assert (stepped || which == 1);
    if (known && age == 0) assert (all == now);
    // what carries the proof from one cycle to the next
    if (known && age > 0 && age < 4) assert (all == exact);
    if (known && age < 4) assert (all3 < half && all3 >= -half && all2 < half && all2 >= -half && all1 < half && all1 >= -half);
    if (known && b3 == which && (adds[3] || swept[3])) assert ($signed(word3n) == held);
    if (age == 4 && !began) assert ($signed(potential4) == exact_u);
    if (age != 0 && !began && !anew) assert (v == u);
    if (age != 0 && !began) assert (u == exact_left);
    if (age == 5) assert ($signed(rest5) == v);
    if (age == 6) assert ($signed(word6n) == next_word);
    if (age != 0) assert (total == 0);
    if (age != 0 && anew) assert (v == v0);
    if (age != 0 && !began) assert (exact < half && exact >= -half);
    if (age != 0 && !began && known) assert (fired == (exact >= threshold));
    if (known || age != 0) assert (v <= top && v >= -top - 1 && now < half && now >= -half);
  end
  always @* if (started) begin
    assert (state == SETTLED ? waited <= 4 : state == GATHER ? waited == 0 || waited == 5 : waited == 0);
    assert (\sequencer.c == block && !\sequencer.y && !\sequencer.x && !\sequencer.keeps && !\sequencer.tokens );
    assert (!\sequencer.base && \sequencer.constants == block);
    if (state == GATHER || state == SETTLED) assert (block == 0);
    if (state == SWEEP) assert (&complete);
    assert ((goes & (goes - 1'b1)) == 0);  // one pass at a time
    if (state == BEGIN || state == SETTLED) assert (!complete);
    assert ((complete & ~token) == 0 && (complete & resume) == 0);
    if (resume) assert (&resume && &token && state == SETTLED && waited == 0);  // on the first the law of sw_front stands
    assert (\sequencer.queued == under_way && under_way <= 8 && queue_held <= 8);
    assert (stepped == (state == SWEEP && block > which));
    // passes and blocks that are under way do not meet
    if (state != GATHER) assert (!adds[0]);
    if (state != GATHER) assert (!adds[1]);
    assert ((complete & served1) == 0);
    if (swept[1]) assert (adds[1:0] == 0);
    if (swept[2]) assert (adds[2:0] == 0);
    if (swept[6:3] != 0) assert (adds == 0);
    if (swept[6:4] != 0) assert (!kept4);
    if (state == BEGIN) assert (adds == 0);
    if (state == SETTLED) assert ((waited < 1 || !swept[1]) && (waited < 2 || !swept[2]) && (waited < 3 || !swept[3]) && (waited < 4 || !swept[4]));
    if (state == SETTLED) assert (swept[waited+1] && blocks[waited+1]);
    if (state == GATHER && waited == 5) assert (swept[6] && blocks[6]);
    if (state == GATHER) assert (swept[5:1] == 0 && (waited == 5 || !swept[6]));
    if (state == GATHER && complete) assert (waited == 0);
    // where the block of `which` is
    assert ((age == 1) == (swept[1] && blocks[1] == which) && (age == 2) == (swept[2] && blocks[2] == which));
    assert ((age == 3) == (swept[3] && blocks[3] == which) && (age == 4) == (swept[4] && blocks[4] == which));
    assert ((age == 5) == (swept[5] && blocks[5] == which) && (age == 6) == (swept[6] && blocks[6] == which));
    assert (age != 7);
    if (swept[1]) assert (b1 == blocks[1]);
    if (swept[2]) assert (b2 == blocks[2]);
    if (swept[3]) assert (b3 == blocks[3]);
    if (swept[4]) assert (\d_late_block.some.line == blocks[4]);
    if (state == SWEEP || state == BEGIN) assert (block > which || age == 0);
    if (age == 1) assert (at1[8:5] == {which, anew, gave, !began});
    if (age == 2) assert (at2[8:5] == {which, anew, gave, !began});
    if (age == 3) assert (at3[8:5] == {which, anew, gave, !began});
    if (age == 4) assert (at4[8:5] == {which, anew, gave, !began});
    if (age != 0) assert (began != known && (!began || anew) && gave == (anew && !began));
    if (state == BEGIN) assert (!known);
    if (state == SWEEP) assert (known);
    if (state == GATHER) assert (known || age == 6);
    if (state == SETTLED) assert (known || age != 0);
    if (state == BEGIN && block > which) assert (age != 0);
    // registers that follow others
    assert (issued == swept[4:1] && (swept[5:1] == 0 || sweeps));
    if (old >= 1) assert (a2 == b2 && same == (kept4 && a3 == a4) && near == (kept4 && a2 == a4));
    if (old >= 2) assert (a3 == b3);
    if (old >= 1) assert (\banks.row[0].column[0].there2 );
    if (old >= 2) assert (\banks.row[0].column[0].there3 );
    if (swept[1]) assert (\d_row.some.line [0] == blocks[1]);
    if (swept[2]) assert (\d_row.some.line [1] == blocks[2]);
    if (age == 3) assert (\constants.rom.word == row);
    if (age == 4) assert (\d_begins.some.line == row[DRIVE+POTENTIAL-1:0] && \lane[0].neuron.law.fire.threshold4 == threshold);
    if (age == 5) assert (\d_drive.some.line == drive);
    if (age >= 1) assert (old >= age);
    if (known) assert (old >= 6);
  end
