// What a layer keeps of its blocks beside the potentials. A row that is asked for is there in the next cycle.
module sw_memo #(
    parameter WIDTH = 1,
    parameter ROWS = 1,
    parameter BITS = 1    // of an address
) (
    input                  clk,
    input       [BITS-1:0] address,
    output reg [WIDTH-1:0] word,
    input                  store,
    input       [BITS-1:0] store_address,
    input      [WIDTH-1:0] store_word
);
  (* no_rw_check *) reg [WIDTH-1:0] words[0:ROWS-1];

  always @(posedge clk) begin
    if (store) words[store_address] <= store_word;
    word <= words[address];
  end
endmodule
