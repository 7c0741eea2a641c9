// The activation buffer of a projection: two halves, of which one is filled by the layer before while the other is read. Three
// tables say where a value lies, by its channel, its row and its column; values that nothing reads are dropped. A half lies in
// CHANNEL_BANKS x BANKS_Y x BANKS_X banks, so that all position lanes read in one cycle; bank (by, bx, bc) is number
// (by BANKS_X + bx) CHANNEL_BANKS + bc, and all banks of channels share an address.
//
//   in       cycle 0  a value is taken    cycle 1  the tables are read    cycle 2  its address is there, it is written
//            a token ends an image: its half is full in the next cycle
//   out      cycle 4  addresses           cycle 5  the values
//
// `taken`: the reader begins the next image, `reading` is its half from the next cycle on. `released`: it has read its last
// value; the half may be filled again two cycles later, when nothing can overtake the reads that are on their way.
module sw_mac_buffer #(
    parameter C_SIZE = 1,         // the source
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter C_BITS = 1,
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter VALUE = 8,
    parameter CHANNEL_BANKS = 1,
    parameter BANKS_Y = 1,
    parameter BANKS_X = 1,
    parameter BC_BITS = 1,        // of the number of a bank along each axis
    parameter BY_BITS = 1,
    parameter BX_BITS = 1,
    parameter HALF = 1,           // words of a half in a bank
    parameter A_BITS = 1,         // of an address in a bank
    parameter STYLE = 0,
    parameter MEMORY = 0,         // number of its first memory on the load bus, 0: none is loaded
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1,
    parameter C_FILE = "",        // {bank, address}
    parameter Y_FILE = "",        // {kept, bank, address}
    parameter X_FILE = ""
) (
    input clk,
    input rst,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load,

    input               in_valid,
    output              in_ready,
    input               in_token,
    input  [C_BITS-1:0] in_c,
    input  [Y_BITS-1:0] in_y,
    input  [X_BITS-1:0] in_x,
    input   [VALUE-1:0] in_value,

    output     waiting,           // there is an image that has not been begun
    input      taken,
    input      released,
    output reg reading,

    input             [BANKS_Y*BANKS_X*A_BITS-1:0] address4,
    output [BANKS_Y*BANKS_X*CHANNEL_BANKS*VALUE-1:0] words5
);
  // ---- halves ----
  reg [1:0] occupied, unread;     // halves that hold or wait for an image; full ones that have not been begun
  reg released1, released2, writing;
  wire token = in_valid && in_ready && in_token;
  assign in_ready = !occupied[1];
  assign waiting  = unread != 0;

  always @(posedge clk) begin
    if (rst) begin
      occupied <= 2'd0;
      unread <= 2'd0;
      writing <= 1'b0;
      reading <= 1'b1;
      {released1, released2} <= 2'b00;
    end else begin
      {released1, released2} <= {released, released1};
      occupied <= occupied + {1'b0, token} - {1'b0, released2};
      unread <= unread + {1'b0, token} - {1'b0, taken};
      if (token) writing <= !writing;
      if (taken) reading <= !reading;
    end
  end

  // ---- in ----
  wire [BC_BITS+A_BITS-1:0] by_c;
  wire [BY_BITS+A_BITS:0] by_y;
  wire [BX_BITS+A_BITS:0] by_x;
  wire take = in_valid && in_ready && !in_token;
  reg take1, write2, half1;
  reg [VALUE-1:0] value1, value2;
  reg [A_BITS-1:0] address2;
  reg [BC_BITS-1:0] bc2;
  reg [BY_BITS-1:0] by2;
  reg [BX_BITS-1:0] bx2;

  sw_memory #(.WIDTH(BC_BITS + A_BITS), .DEPTH(C_SIZE), .BITS(C_BITS), .FILE(C_FILE),
              .MEMORY(MEMORY), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_c (
      .clk(clk), .enable(1'b1), .address(in_c), .word(by_c), .load(load));
  sw_memory #(.WIDTH(BY_BITS + A_BITS + 1), .DEPTH(Y_SIZE), .BITS(Y_BITS), .FILE(Y_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 1), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_y (
      .clk(clk), .enable(1'b1), .address(in_y), .word(by_y), .load(load));
  sw_memory #(.WIDTH(BX_BITS + A_BITS + 1), .DEPTH(X_SIZE), .BITS(X_BITS), .FILE(X_FILE),
              .MEMORY(MEMORY == 0 ? 0 : MEMORY + 2), .LOAD_ADDRESS(LOAD_ADDRESS), .LOAD_ROW(LOAD_ROW)) table_x (
      .clk(clk), .enable(1'b1), .address(in_x), .word(by_x), .load(load));

  always @(posedge clk) begin
    take1 <= take && !rst;
    half1 <= writing;
    value1 <= in_value;
    write2 <= take1 && by_y[BY_BITS+A_BITS] && by_x[BX_BITS+A_BITS];
    value2 <= value1;
    address2 <= by_c[A_BITS-1:0] + by_y[A_BITS-1:0] + by_x[A_BITS-1:0] + (half1 ? HALF[A_BITS-1:0] : {A_BITS{1'b0}});
    bc2 <= by_c[A_BITS+:BC_BITS];
    by2 <= by_y[A_BITS+:BY_BITS];
    bx2 <= by_x[A_BITS+:BX_BITS];
  end

  // ---- banks ----
  genvar y, x, c;
  generate
    for (y = 0; y < BANKS_Y; y = y + 1) begin : row
      for (x = 0; x < BANKS_X; x = x + 1) begin : column
        for (c = 0; c < CHANNEL_BANKS; c = c + 1) begin : channel
          localparam N = (y * BANKS_X + x) * CHANNEL_BANKS + c;
          sw_mac_bank #(.WIDTH(VALUE), .DEPTH(2 * HALF), .BITS(A_BITS), .STYLE(STYLE)) bank (
              .clk(clk), .write(write2 && by2 == y && bx2 == x && bc2 == c),
              .write_address(address2), .write_word(value2),
              .address(address4[(y*BANKS_X+x)*A_BITS+:A_BITS]), .word(words5[N*VALUE+:VALUE]));
        end
      end
    end
  endgenerate
endmodule
