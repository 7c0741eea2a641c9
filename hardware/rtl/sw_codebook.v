// Shared weights: COUNT codes, each the number of a weight in a table that every lane has for itself.
// No cycle: a table is small enough for look-up tables.
module sw_codebook #(
    parameter COUNT = 1,
    parameter CODE = 4,     // bits of a code
    parameter WEIGHT = 8,   // bits of a weight
    parameter ENTRIES = 16,
    parameter FILE = "",    // the weights in hex, one a line
    parameter MEMORY = 0,   // as in sw_memory
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1
) (
    input clk,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,
    input    [COUNT*CODE-1:0] codes,
    output [COUNT*WEIGHT-1:0] weights
);
  reg [WEIGHT-1:0] entries[0:ENTRIES-1];

  initial if (FILE != "") $readmemh(FILE, entries);

  wire [LOAD_ROW+WEIGHT-1:0] row = {{WEIGHT{1'b0}}, load[LOAD_ROW-1:0]};
  wire [LOAD_ADDRESS+CODE-1:0] place = {{CODE{1'b0}}, load[LOAD_ROW+:LOAD_ADDRESS]};
  generate
    if (MEMORY != 0) begin : loaded
      always @(posedge clk)
        if (load[LOAD_ROW+LOAD_ADDRESS+:16] == MEMORY) entries[place[CODE-1:0]] <= row[WEIGHT-1:0];
    end
  endgenerate

  genvar n;
  generate
    for (n = 0; n < COUNT; n = n + 1) begin : lane
      assign weights[n*WEIGHT+:WEIGHT] = entries[codes[n*CODE+:CODE]];
    end
  endgenerate
endmodule
