// A stream of 32-bit words becomes rows of memories. A frame is: the number of a memory, the first row, then rows, the lowest word
// of each first; the last word of a frame ends it. WORDS says how many words a row of a memory has.
//
// A word is taken in every cycle. A row is on the bus `load` = {memory, address, row} in the cycle after its last word, and in the
// memory one cycle later; in all others memory is 0. Layers begin with what the memories hold: sw_axis resets them with each row.
module sw_loader #(
    parameter MEMORIES = 1,                   // numbers 1 .. MEMORIES
    parameter [16*MEMORIES-1:0] WORDS = 1,    // 16 bits for each memory, number 1 lowest
    parameter LOAD_ADDRESS = 1,
    parameter LOAD_ROW = 32                   // a multiple of 32: the widest row
) (
    input                                  clk,
    input                                  rst,
    input                                  in_valid,
    output                                 in_ready,
    input                           [31:0] in_word,
    input                                  in_last,
    output [16+LOAD_ADDRESS+LOAD_ROW-1:0] load
);
  localparam NUMBER = 0, FIRST = 1, ROWS = 2;

  reg [1:0] state;
  reg [15:0] memory, loaded, word;
  reg [LOAD_ADDRESS-1:0] next, address;
  reg [LOAD_ROW-1:0] row;
  // each memory and each word by itself: indices that vary would become shifts of the whole row
  reg [15:0] words;
  integer m, w;
  always @* begin
    words = 16'd0;
    for (m = 0; m < MEMORIES; m = m + 1) if (memory == m + 1) words = words | WORDS[m*16+:16];
  end
  wire last_word = word + 1'b1 == words;

  assign in_ready = 1'b1;
  assign load = {loaded, address, row};

  always @(posedge clk)
    if (rst) begin
      state  <= NUMBER;
      loaded <= 0;
    end else begin
      loaded <= 0;
      if (in_valid) begin
        case (state)
          NUMBER: begin
            memory <= in_word[15:0];
            state  <= FIRST;
          end
          FIRST: begin
            next  <= in_word[LOAD_ADDRESS-1:0];
            word  <= 0;
            state <= ROWS;
          end
          default: begin
            for (w = 0; w < LOAD_ROW / 32; w = w + 1) if (word == w) row[w*32+:32] <= in_word;
            word <= last_word ? 0 : word + 1'b1;
            if (last_word) begin
              loaded  <= memory;
              address <= next;
              next    <= next + 1'b1;
            end
          end
        endcase
        if (in_last) state <= NUMBER;
      end
    end
endmodule
