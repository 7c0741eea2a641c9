// Pixels become events that carry their level, times TIMES, once for the whole run: an input that is held, or the slots that are
// left of a time code. A pixel of level 0 sends nothing, unless ZEROS says so: a MAC core takes every pixel.
//
// Pixels come row-major. One that sends nothing takes a cycle; another is given on in the cycle in which it comes, for as long as it is
// not taken. The token behind the last one takes a cycle of its own.
module sw_encode_values #(
    parameter C_SIZE = 1,
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter LEVEL = 8,  // bits of a pixel
    parameter VALUE = 8,  // bits of the number of an event
    parameter TIMES = 1,
    parameter ZEROS = 0
) (
    input clk,
    input rst,

    input              in_valid,
    output             in_ready,
    input  [LEVEL-1:0] in_pixel,

    output                  out_valid,
    input                   out_ready,
    output reg              out_token,
    output reg [C_BITS-1:0] out_c,
    output reg [Y_BITS-1:0] out_y,
    output reg [X_BITS-1:0] out_x,
    output     [ VALUE-1:0] out_value
);
  wire last_x = out_x == X_SIZE - 1;
  wire last_y = out_y == Y_SIZE - 1;
  wire last_c = out_c == C_SIZE - 1;
  wire sends = in_valid && (ZEROS || in_pixel != 0);

  assign in_ready = !out_token && (out_ready || !sends);
  assign out_valid = out_token || sends;
  assign out_value = in_pixel * TIMES;

  always @(posedge clk)
    if (rst) begin
      out_token <= 1'b0;
      {out_c, out_y, out_x} <= 0;
    end else if (out_token) begin
      if (out_ready) out_token <= 1'b0;
    end else if (in_valid && in_ready) begin
      out_x <= last_x ? 0 : out_x + 1'b1;
      if (last_x) out_y <= last_y ? 0 : out_y + 1'b1;
      if (last_x && last_y) out_c <= last_c ? 0 : out_c + 1'b1;
      out_token <= last_x && last_y && last_c;
    end
endmodule
