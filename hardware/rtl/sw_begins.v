// Tells when an inference begins: `begins` is high in the cycle in which its first word is handed over by the input.
module sw_begins #(
    parameter TOKENS = 1,  // of an inference
    parameter BITS = 1
) (
    input  clk,
    input  rst,
    input  moves,   // a word is handed over
    input  token,   // it is a token
    output begins
);
  reg [BITS-1:0] tokens;
  reg going;  // the inference has begun

  assign begins = moves && !going;

  always @(posedge clk) begin
    if (rst) begin
      tokens <= 0;
      going <= 1'b0;
    end else if (moves) begin
      going <= !(token && tokens == TOKENS - 1);
      if (token) tokens <= tokens == TOKENS - 1 ? 0 : tokens + 1'b1;
    end
  end
endmodule
