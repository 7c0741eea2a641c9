// What the P lanes send becomes events, one a cycle, the lowest lane first, with the number of each that is not 0; a block in
// which no lane sends anything takes one cycle. Behind the last block of a step goes a token.
module sw_spikes #(
    parameter LANES = 1,
    parameter CHANNELS = 1,
    parameter BANKS_X = 1,
    parameter APART = 1,   // channels from a lane to the next
    parameter NUMBER = 1,  // bits of a number
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1
) (
    input                   clk,
    input                   rst,
    input                   in_valid,
    output                  in_ready,
    input [LANES*NUMBER-1:0] in_numbers,
    input                   in_last,
    input      [C_BITS-1:0] in_c,     // of the first lane
    input      [Y_BITS-1:0] in_y,
    input      [X_BITS-1:0] in_x,
    output                  out_valid,
    input                   out_ready,
    output                  out_token,
    output reg [C_BITS-1:0] out_c,
    output reg [Y_BITS-1:0] out_y,
    output reg [X_BITS-1:0] out_x,
    output reg [NUMBER-1:0] out_number
);
  reg held, last, token;
  reg [LANES-1:0] fired;  // lanes whose number has not been sent
  reg [LANES*NUMBER-1:0] numbers;
  reg [C_BITS-1:0] c;
  reg [Y_BITS-1:0] y;
  reg [X_BITS-1:0] x;

  wire [LANES-1:0] below = fired - 1'b1;  // the lowest bit turned, and all below it
  wire [LANES-1:0] lowest = fired & ~below;
  wire [LANES-1:0] others = fired & below;
  wire some = fired != 0;
  wire done = token ? out_ready : !held || (!(some && !out_ready) && others == 0);

  assign in_ready  = done && !(held && last && !token);
  assign out_valid = token || (held && some);
  assign out_token = token;

  // the place of the lowest lane in its block: at most one bit of `lowest` is set
  reg [C_BITS-1:0] beside_c;
  reg [Y_BITS-1:0] beside_y;
  reg [X_BITS-1:0] beside_x;
  integer n, m;
  always @* begin
    beside_c = 0;
    beside_y = 0;
    beside_x = 0;
    out_number = 0;
    for (n = 0; n < LANES; n = n + 1)
      if (lowest[n]) begin
        beside_c = beside_c | (n % CHANNELS) * APART;
        beside_y = beside_y | (n / CHANNELS / BANKS_X);
        beside_x = beside_x | (n / CHANNELS % BANKS_X);
        out_number = out_number | numbers[n*NUMBER+:NUMBER];
      end
    out_c = c + beside_c;
    out_y = y + beside_y;
    out_x = x + beside_x;
  end

  always @(posedge clk) begin
    if (rst) begin
      held  <= 1'b0;
      token <= 1'b0;
    end else if (done) begin
      token <= held && last && !token;
      held  <= in_ready && in_valid;
    end else if (out_ready) fired <= others;
    if (done && in_ready) begin
      for (m = 0; m < LANES; m = m + 1) fired[m] <= in_numbers[m*NUMBER+:NUMBER] != 0;
      numbers <= in_numbers;
      last <= in_last;
      c <= in_c;
      y <= in_y;
      x <= in_x;
    end
  end
endmodule
