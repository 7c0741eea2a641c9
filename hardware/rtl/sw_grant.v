// Which projection is served: of those that have a pass and are allowed to, the one with the lowest number.
module sw_grant #(
    parameter SOURCES = 1,
    parameter S_BITS = 2,
    parameter OY_BITS = 1,
    parameter OX_BITS = 1,
    parameter RY_BITS = 2,
    parameter RX_BITS = 2,
    parameter SEATS = 1
) (
    input [SOURCES-1:0] allowed,
    input [SOURCES-1:0] pass_valid,
    input [SOURCES-1:0] pass_empty,
    input [SOURCES*S_BITS-1:0] pass_block,
    input [SOURCES*OY_BITS-1:0] pass_oy,
    input [SOURCES*OX_BITS-1:0] pass_ox,
    input [SOURCES*RY_BITS-1:0] pass_ry,
    input [SOURCES*RX_BITS-1:0] pass_rx,
    input [SOURCES*SEATS-1:0] pass_seats,
    output reg [SOURCES-1:0] grant,  // its bit, or none
    output reg empty,
    output reg [S_BITS-1:0] block,
    output reg [OY_BITS-1:0] oy,
    output reg [OX_BITS-1:0] ox,
    output reg signed [RY_BITS-1:0] ry,
    output reg signed [RX_BITS-1:0] rx,
    output reg [SEATS-1:0] seats
);
  integer i;
  always @* begin
    grant = {SOURCES{1'b0}};
    empty = pass_empty[0];
    block = pass_block[S_BITS-1:0];
    oy = pass_oy[OY_BITS-1:0];
    ox = pass_ox[OX_BITS-1:0];
    ry = pass_ry[RY_BITS-1:0];
    rx = pass_rx[RX_BITS-1:0];
    seats = pass_seats[SEATS-1:0];
    for (i = SOURCES - 1; i >= 0; i = i - 1)
      if (pass_valid[i] && allowed[i]) begin
        grant = {{(SOURCES - 1) {1'b0}}, 1'b1} << i;
        empty = pass_empty[i];
        block = pass_block[i*S_BITS+:S_BITS];
        oy = pass_oy[i*OY_BITS+:OY_BITS];
        ox = pass_ox[i*OX_BITS+:OX_BITS];
        ry = pass_ry[i*RY_BITS+:RY_BITS];
        rx = pass_rx[i*RX_BITS+:RX_BITS];
        seats = pass_seats[i*SEATS+:SEATS];
      end
  end
endmodule
