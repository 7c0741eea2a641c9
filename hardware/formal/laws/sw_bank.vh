  // The words are as if each operation read its word and wrote the sum at once, in the order of the operations: `value` is
  // what row `which`, any one, holds by that law. A word that is stored comes with no sum beside it, and no operation on the
  // same row reads its word in that cycle or in the two behind it.
  (* anyconst *) wire [BITS-1:0] which;
  reg [WIDTH-1:0] value;
  reg known = 1'b0;  // row `which` was stored once
  reg [BITS-1:0] at2, at3, stored1, stored2;
  reg store1 = 1'b0, store2 = 1'b0, summed1 = 1'b0;
  reg [2:0] age = 0;
  wire reads = summed && at3 == which;
  always @(posedge clk) begin
    if (age != 7) age <= age + 1'b1;
    {at2, at3} <= {address, at2};
    {store1, store2} <= {store, store1};
    {stored1, stored2} <= {store_address, stored1};
    summed1 <= summed;
    if (store && store_address == which) begin
      value <= store_word;
      known <= 1'b1;
    end else if (reads) value <= sum;
  end
  always @* begin
    assume (which < ROWS && address < ROWS && store_address < ROWS);
    assume (!(store && (summed || summed1)));
    if (reads) assume (!(store1 && stored1 == which) && !(store2 && stored2 == which));
    if (age < 4) assume (!summed && !store);
    if (known && reads) assert (word == value);
  end
  // What carries the proof from one cycle to the next: row `which` in the memory, or on its way there.
  generate
    if (STYLE != 0) begin : on_its_way
      wire [WIDTH-1:0] stored;
      if (STYLE == 1) assign stored = memory.tables.words[which];
      else assign stored = \memory.blocks.column[0].words [which];
      wire late = memory.kept4 && memory.address4 == which;
      always @* if (known) assert ((late ? memory.sum4 : stored) == value);
      always @* if (age >= 4) assert (memory.kept4 == summed1 && memory.address3 == at3);
    end
  endgenerate
