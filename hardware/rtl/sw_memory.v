// A sw_rom on the load bus `{memory, address, row}`: a row for memory number MEMORY is written at the next edge. With MEMORY 0 it
// is never loaded, and the bus costs nothing. The bus is 16 + LOAD_ADDRESS + LOAD_ROW bits wide; see sw_loader.
module sw_memory #(
    parameter WIDTH = 8,
    parameter DEPTH = 1,
    parameter BITS = 1,          // of an address
    parameter FILE = "",
    parameter COLUMN = 0,        // see sw_rom
    parameter MEMORY = 0,
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 1
) (
    input                                 clk,
    input                                 enable,
    input                      [BITS-1:0] address,
    output                    [WIDTH-1:0] word,
    input [16+LOAD_ADDRESS+LOAD_ROW-1:0] load
);
  wire [LOAD_ADDRESS+BITS-1:0] place = {{BITS{1'b0}}, load[LOAD_ROW+:LOAD_ADDRESS]};
  wire [LOAD_ROW+WIDTH-1:0] row = {{WIDTH{1'b0}}, load[LOAD_ROW-1:0]};

  sw_rom #(.WIDTH(WIDTH), .DEPTH(DEPTH), .BITS(BITS), .FILE(FILE), .LOADED(MEMORY != 0), .COLUMN(COLUMN)) rom (
      .clk(clk), .enable(enable), .address(address), .word(word),
      .load(MEMORY != 0 && load[LOAD_ROW+LOAD_ADDRESS+:16] == MEMORY),
      .load_address(place[BITS-1:0]), .load_word(row[WIDTH-1:0]));
endmodule
