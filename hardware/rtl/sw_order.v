// Events of a source become events at the places where a projection reads them: at one, at several, or nowhere. The table has a
// row for each neuron of the source, row-major, and behind them rows for all further places of those that are read more than once.
//
//   cycle 0  an event is taken     cycle 1  it is offered at its first place, then at the others, one a cycle
//
// The next event is taken in the cycle in which the last place of the one before goes on. An event that is read nowhere takes one
// cycle; a token passes like an event at one place.
module sw_order #(
    parameter C_BITS = 1,    // of the source
    parameter Y_BITS = 1,
    parameter X_BITS = 1,
    parameter Y_SIZE = 1,
    parameter X_SIZE = 1,
    parameter VALUE = 1,     // bits of the number of an event
    parameter PLACE = 3,     // bits of a place {x, y, c}
    parameter NEXT = 0,      // bits of a row's number behind the place of those that have several, 0: none has
    parameter ROWS = 1,
    parameter BITS = 1,      // of the number of a row
    parameter FILE = "",     // {next, whether there is one, whether it is read, place}
    parameter COLUMN = 0     // see sw_rom
) (
    input                                           clk,
    input                                           rst,
    input                                           in_valid,
    output                                          in_ready,
    input  [VALUE+X_BITS+Y_BITS+C_BITS:0] in_event,
    output                                          out_valid,
    input                                           out_ready,
    output [VALUE+PLACE:0]                          out_event
);
  localparam WIDTH = PLACE + 1 + (NEXT == 0 ? 0 : NEXT + 1);

  reg busy, token;
  reg [VALUE-1:0] value;
  wire [WIDTH-1:0] row;
  wire read = token || row[PLACE];
  wire more;
  wire [BITS-1:0] next;
  generate
    if (NEXT == 0) begin : once
      assign more = 1'b0;
      assign next = {BITS{1'b0}};
    end else begin : often
      assign more = busy && !token && row[PLACE+1];
      assign next = row[PLACE+2+:NEXT];
    end
  endgenerate

  wire [C_BITS-1:0] c = in_event[1+:C_BITS];
  wire [Y_BITS-1:0] y = in_event[1+C_BITS+:Y_BITS];
  wire [X_BITS-1:0] x = in_event[1+C_BITS+Y_BITS+:X_BITS];
  wire [31:0] first = ({{(32 - C_BITS) {1'b0}}, c} * Y_SIZE + {{(32 - Y_BITS) {1'b0}}, y}) * X_SIZE
                      + {{(32 - X_BITS) {1'b0}}, x};

  wire goes = !busy || !read || out_ready;
  wire take = goes && !more;

  assign in_ready  = take;
  assign out_valid = busy && read;
  assign out_event = {value, token ? {PLACE{1'b0}} : row[PLACE-1:0], token};

  sw_rom #(.WIDTH(WIDTH), .DEPTH(ROWS), .BITS(BITS), .FILE(FILE), .COLUMN(COLUMN)) table_of_places (
      .clk(clk), .enable(goes), .address(more ? next : first[BITS-1:0]), .word(row),
      .load(1'b0), .load_address({BITS{1'b0}}), .load_word({WIDTH{1'b0}}));

  always @(posedge clk) begin
    if (rst) busy <= 1'b0;
    else if (take) busy <= in_valid;
    if (take) begin
      token <= in_event[0];
      value <= in_event[1+C_BITS+Y_BITS+X_BITS+:VALUE];
    end
  end
endmodule
