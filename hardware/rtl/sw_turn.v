// A rotator: what stands at the taps (dy, dx) of a row goes to the banks (oy + dy, ox + dx), beyond the last one to the first again.
// No cycle.
module sw_turn #(
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter TILE = 8,     // bits for each tap
    parameter OY_BITS = 1,
    parameter OX_BITS = 1
) (
    input      [BANKS_Y*BANKS_X*TILE-1:0] in,
    input                   [OY_BITS-1:0] oy,
    input                   [OX_BITS-1:0] ox,
    output reg [BANKS_Y*BANKS_X*TILE-1:0] out
);
  localparam LINE = BANKS_X * TILE;

  reg [BANKS_Y*LINE-1:0] down;
  integer y, x, o;

  always @* begin
    down = {BANKS_Y * LINE{1'b0}};
    for (y = 0; y < BANKS_Y; y = y + 1)
      for (o = 0; o < BANKS_Y; o = o + 1)
        if (oy == o) down[y*LINE+:LINE] = in[((y+BANKS_Y-o)%BANKS_Y)*LINE+:LINE];
    out = {BANKS_Y * LINE{1'b0}};
    for (y = 0; y < BANKS_Y; y = y + 1)
      for (x = 0; x < BANKS_X; x = x + 1)
        for (o = 0; o < BANKS_X; o = o + 1)
          if (ox == o) out[y*LINE+x*TILE+:TILE] = down[y*LINE+((x+BANKS_X-o)%BANKS_X)*TILE+:TILE];
  end
endmodule
