// Pixels become the spikes of every step: an image is taken, and then looked through once for each step. TABLE says what a pixel
// of each level sends in each step, so any code whose spikes follow from the level of a pixel and the step has a table.
//
// Pixels come row-major, one a cycle. The last one ends the taking in cycle 0; a step takes N + 1 cycles: pixel i of step s is
// looked up from cycle 1 + s (N + 1) + i on, and what it sends, where that is not 0, is given two cycles later; the token of the
// step follows behind its last pixel. An event that is not taken holds up all that comes behind it. The next image is taken from
// the cycle after the last token was issued on, and its steps begin when all that was given has been taken.
// While `skips` is high only the tokens of the steps that are left are given, one a cycle.
module sw_encode_steps #(
    parameter C_SIZE = 1,
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter N_BITS = 1,     // of the number of a pixel
    parameter LEVEL = 8,      // bits of a pixel
    parameter VALUE = 1,      // bits of the number of an event
    parameter STEPS = 1,
    parameter STEP_BITS = 1,  // of a number below STEPS
    parameter TABLE = ""      // a row for each step and level, {step, level}
) (
    input clk,
    input rst,

    input              in_valid,
    output             in_ready,
    input  [LEVEL-1:0] in_pixel,
    input              skips,

    output                   out_valid,
    input                    out_ready,
    output reg               out_token,
    output reg  [C_BITS-1:0] out_c,
    output reg  [Y_BITS-1:0] out_y,
    output reg  [X_BITS-1:0] out_x,
    output      [ VALUE-1:0] out_value
);
  localparam N = C_SIZE * Y_SIZE * X_SIZE;

  reg [LEVEL-1:0] pixels[0:N-1];
  reg [VALUE-1:0] table_rows[0:(1<<(STEP_BITS+LEVEL))-1];
  initial $readmemh(TABLE, table_rows);

  reg sends;                    // an image is there
  reg [N_BITS-1:0] number;      // of the pixel that is taken, or looked at
  reg ends;                     // the token of a step is next
  reg [STEP_BITS-1:0] step;
  reg [C_BITS-1:0] c;
  reg [Y_BITS-1:0] y;
  reg [X_BITS-1:0] x;

  reg valid1, token1, valid2;
  reg [STEP_BITS-1:0] step1;
  reg [C_BITS-1:0] c1;
  reg [Y_BITS-1:0] y1;
  reg [X_BITS-1:0] x1;
  reg [LEVEL-1:0] pixel1;
  reg [VALUE-1:0] value2;

  wire moves = !out_valid || out_ready;
  wire token0 = ends || skips;
  wire takes = in_valid && in_ready;
  wire looks = sends && moves && !token0;
  wire last_number = number == N - 1;
  wire last_step = step == STEPS - 1;
  wire last_x = x == X_SIZE - 1;
  wire last_y = y == Y_SIZE - 1;

  assign in_ready = !sends && !(last_number && (valid1 || valid2));
  assign out_valid = valid2 && (out_token || value2 != 0);
  assign out_value = value2;

  always @(posedge clk) begin
    if (takes) pixels[number] <= in_pixel;
    if (moves) begin
      pixel1 <= pixels[number];
      value2 <= table_rows[{step1, pixel1}];
      {token1, step1, c1, y1, x1} <= {token0, step, c, y, x};
      {out_token, out_c, out_y, out_x} <= {token1, c1, y1, x1};
    end
  end

  always @(posedge clk)
    if (rst) begin
      sends <= 1'b0;
      number <= 0;
      ends <= 1'b0;
      step <= 0;
      {c, y, x} <= 0;
      valid1 <= 1'b0;
      valid2 <= 1'b0;
    end else begin
      if (moves) {valid1, valid2} <= {sends, valid1};
      if (takes || looks) number <= last_number ? 0 : number + 1'b1;
      if (takes && last_number) sends <= 1'b1;
      if (looks) begin
        ends <= last_number;
        x <= last_x ? 0 : x + 1'b1;
        if (last_x) y <= last_y ? 0 : y + 1'b1;
        if (last_number) c <= 0;
        else if (last_x && last_y) c <= c + 1'b1;
      end
      if (sends && moves && token0) begin
        ends <= 1'b0;
        number <= 0;
        {c, y, x} <= 0;
        step <= last_step ? 0 : step + 1'b1;
        if (last_step) sends <= 1'b0;
      end
    end
endmodule
