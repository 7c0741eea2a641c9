// Shared weights: COUNT codes, each the number of a weight in a table that every lane has for itself.
// No cycle: a table is small enough for look-up tables.
module sw_codebook #(
    parameter COUNT = 1,
    parameter CODE = 4,     // bits of a code
    parameter WEIGHT = 8,   // bits of a weight
    parameter ENTRIES = 16,
    parameter FILE = ""     // the weights in hex, one a line
) (
    input    [COUNT*CODE-1:0] codes,
    output [COUNT*WEIGHT-1:0] weights
);
  reg [WEIGHT-1:0] entries[0:ENTRIES-1];

  initial if (FILE != "") $readmemh(FILE, entries);

  genvar n;
  generate
    for (n = 0; n < COUNT; n = n + 1) begin : lane
      assign weights[n*WEIGHT+:WEIGHT] = entries[codes[n*CODE+:CODE]];
    end
  endgenerate
endmodule
