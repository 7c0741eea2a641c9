// One inference at a time: what comes after the last token of an input waits until it is `over`. When it is over before all
// of it has come in, the rest of it is dropped, one word a cycle, with its last token.
//
// In between nothing takes time: `out_valid` follows `in_valid` in the same cycle, `in_ready` follows `out_ready`.
module sw_gate #(
    parameter TOKENS = 1,  // of an input
    parameter BITS = 1     // of a number below TOKENS
) (
    input  clk,
    input  rst,
    input  over,
    input  in_valid,
    output in_ready,
    input  in_token,
    output reg drops,   // the rest of this input is not wanted
    output out_valid,
    input  out_ready
);
  reg closed;
  reg [BITS-1:0] tokens;
  wire ends = in_valid && in_ready && in_token && tokens == TOKENS - 1;

  assign in_ready  = drops || (!closed && out_ready);
  assign out_valid = in_valid && !closed && !drops;

  always @(posedge clk)
    if (rst) begin
      closed <= 1'b0;
      drops  <= 1'b0;
      tokens <= 0;
    end else begin
      if (in_valid && in_ready && in_token) tokens <= ends ? 0 : tokens + 1'b1;
      if (over) closed <= 1'b0;
      else if (ends && !drops) closed <= 1'b1;
      if (ends) drops <= 1'b0;
      else if (over && !closed) drops <= 1'b1;
    end
endmodule
