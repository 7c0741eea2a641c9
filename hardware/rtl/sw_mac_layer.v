// The outputs of a layer, P = CHANNELS x BANKS_Y x BANKS_X at a time, each in a register of its own: no memory of potentials.
// Block number (ry BLOCKS_X + rx) GROUPS + g holds the channels g CHANNELS ..., the rows ry BANKS_Y ... and the columns
// rx BANKS_X ... For each block the projections take their steps one after the other, the lowest first; then the P sums wait in
// a queue until they are sent.
//
//   load    the next block begins: in the cycle of the last step of the one before, but two cycles after its own load at
//           the earliest, and the first block of an image not before every buffer has one waiting
//   step    one a cycle; the last step of a block waits while QUEUE blocks have neither been sent
//   a block whose last step is in cycle 0 is in the queue from cycle 11 on
module sw_mac_layer #(
    parameter SOURCES = 1,
    parameter CHANNELS = 1,
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter GROUPS = 1,
    parameter BLOCKS_Y = 1,
    parameter BLOCKS_X = 1,
    parameter G_BITS = 1,
    parameter RY_BITS = 1,
    parameter RX_BITS = 1,
    parameter COMPARES = 0,
    parameter VALUE = 8,
    parameter WEIGHT = 8,
    parameter SUM = 20,
    parameter SHIFTS = 0,
    parameter QUEUE = 2,          // a power of two
    parameter QUEUE_BITS = 1
) (
    input clk,
    input rst,

    output reg  [G_BITS-1:0] g,   // the block that is loaded next
    output reg [RY_BITS-1:0] ry,
    output reg [RX_BITS-1:0] rx,
    output                   load,
    output     [SOURCES-1:0] step,
    input      [SOURCES-1:0] ending,
    input      [SOURCES-1:0] waiting,
    output                   taken,
    output                   released,

    input [CHANNELS*BANKS_Y*BANKS_X*VALUE-1:0] values7,
    input                [CHANNELS*WEIGHT-1:0] weights7,

    output                                   out_valid,
    input                                    out_ready,
    output [CHANNELS*BANKS_Y*BANKS_X*SUM-1:0] out_sums
);
  localparam P = CHANNELS * BANKS_Y * BANKS_X;

  reg active, fetched, opening, closing, first;
  reg [SOURCES-1:0] turn;
  reg [QUEUE_BITS:0] queued;      // blocks whose last step has been taken and that have not been sent

  wire closes_block = turn[SOURCES-1] && ending[SOURCES-1];
  wire hold = closes_block && queued[QUEUE_BITS];
  wire stepping = active && !hold;
  wire over = stepping && closes_block;
  wire last_g = g == GROUPS - 1;
  wire last_x = rx == BLOCKS_X - 1;
  wire last_y = ry == BLOCKS_Y - 1;

  assign load = fetched && (!active || over) && (!opening || &waiting);
  assign step = stepping ? turn : {SOURCES{1'b0}};
  assign taken = load && opening;
  assign released = over && closing;

  always @(posedge clk) begin
    if (rst) begin
      active <= 1'b0;
      fetched <= 1'b0;
      opening <= 1'b1;
      closing <= 1'b0;
      g <= {G_BITS{1'b0}};
      ry <= {RY_BITS{1'b0}};
      rx <= {RX_BITS{1'b0}};
      queued <= {(QUEUE_BITS + 1) {1'b0}};
    end else begin
      fetched <= !load;
      queued <= queued + {{QUEUE_BITS{1'b0}}, over} - {{QUEUE_BITS{1'b0}}, out_valid && out_ready};
      if (load || over) active <= load;
      if (load) begin
        opening <= last_g && last_x && last_y;
        closing <= last_g && last_x && last_y;
        g <= last_g ? {G_BITS{1'b0}} : g + 1'b1;
        if (last_g) rx <= last_x ? {RX_BITS{1'b0}} : rx + 1'b1;
        if (last_g && last_x) ry <= last_y ? {RY_BITS{1'b0}} : ry + 1'b1;
      end
    end
    if (load) turn <= {{(SOURCES - 1) {1'b0}}, 1'b1};
    else if (|(step & ending)) turn <= turn << 1;
    if (load) first <= 1'b1;
    else if (stepping) first <= 1'b0;
  end

  // ---- what belongs to a step follows it through the pipeline ----
  reg [9:1] firsts, overs;
  reg [SOURCES*9-1:0] turns;      // of cycles 1 to 9, the first lowest
  reg over10;
  always @(posedge clk) begin
    firsts <= {firsts[8:1], stepping && first};
    turns <= {turns[SOURCES*8-1:0], step};
    overs <= rst ? 9'd0 : {overs[8:1], over};
    over10 <= overs[9] && !rst;
  end

  wire [P*SUM-1:0] sums10;
  genvar n;
  generate
    for (n = 0; n < P; n = n + 1) begin : lane
      sw_mac_lane #(.COMPARES(COMPARES), .VALUE(VALUE), .WEIGHT(WEIGHT), .SUM(SUM), .SOURCES(SOURCES),
                    .SHIFTS(SHIFTS)) mac (
          .clk(clk), .value7(values7[n*VALUE+:VALUE]), .weight7(weights7[(n%CHANNELS)*WEIGHT+:WEIGHT]),
          .first9(firsts[9]), .turn9(turns[SOURCES*8+:SOURCES]), .sum10(sums10[n*SUM+:SUM]));
    end
  endgenerate

  wire unused_ready;
  sw_fifo #(.WIDTH(P * SUM), .DEPTH(QUEUE), .BITS(QUEUE_BITS)) blocks (
      .clk(clk), .rst(rst), .in_valid(over10), .in_ready(unused_ready), .in_word(sums10),
      .out_valid(out_valid), .out_ready(out_ready), .out_word(out_sums));
endmodule
