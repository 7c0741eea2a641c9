"""Simulation models of cells that yosys makes and has none of: RAMB18E1, RAMB36E1 (7 series), DP16KD, MULT18X18D (ECP5).

What memories do is in `block_rams.v`; here are their ports and parameters, after UG473 of Xilinx and FPGA-TN-02204 of Lattice:
only what yosys makes use of. Other modes (output registers, cascades, chip selects) end the simulation with a line that
begins with REFUSED. In a netlist the models are called `sw_RAMB18E1` and so on, beside the empty modules of yosys.
"""

from importlib.resources import files

MODELLED = ("RAMB18E1", "RAMB36E1", "DP16KD", "MULT18X18D")

_XILINX = """
module sw_RAMB{size}E1 (
    input CLKARDCLK, ENARDEN, REGCEAREGCE, RSTRAMARSTRAM, RSTREGARSTREG, CLKBWRCLK, ENBWREN, REGCEB, RSTRAMB, RSTREGB,
    input [{address}:0] ADDRARDADDR, ADDRBWRADDR,
    input [{data}:0] DIADI, DIBDI, input [{parity}:0] DIPADIP, DIPBDIP,
    input [{wea}:0] WEA, input [{web}:0] WEBWE,
    output [{data}:0] DOADO, DOBDO, output [{parity}:0] DOPADOP, DOPBDOP
);
  parameter RAM_MODE = "TDP", WRITE_MODE_A = "WRITE_FIRST", WRITE_MODE_B = "WRITE_FIRST";
  parameter RAM_EXTENSION_A = "NONE", RAM_EXTENSION_B = "NONE";
  parameter READ_WIDTH_A = 0, READ_WIDTH_B = 0, WRITE_WIDTH_A = 0, WRITE_WIDTH_B = 0, DOA_REG = 0, DOB_REG = 0;
  parameter IS_CLKARDCLK_INVERTED = 0, IS_CLKBWRCLK_INVERTED = 0;
  parameter [{half}-1:0] INIT_A = 0, INIT_B = 0, SRVAL_A = 0, SRVAL_B = 0;
  parameter [255:0] {init};
  parameter [255:0] {initp};
  localparam [{units}*8-1:0] INIT = {{{inits}}};
  localparam [{units}-1:0] INITP = {{{initps}}};
  localparam WIDE = READ_WIDTH_A == 2 * {half}, SINGLE = RAM_MODE == "SDP";

  // A word with its parity bits on top, as units of nine bits.
  function [71:0] in_units(input [{half}-1:0] word, input integer width);
    integer n;
    begin
      in_units = word;
      for (n = 0; n < width / 9; n = n + 1) in_units[9*n+:9] = {{word[width-width/9+n], word[8*n+:8]}};
    end
  endfunction

  wire [71:0] a = in_units({{DIPADIP, DIADI}}, {half}), b = in_units({{DIPBDIP, DIBDI}}, {half});
  wire [71:0] out_a, out_b;
  wire [7:0] write_a = WEA, write_b = WEBWE;
  wire [71:0] upper = SINGLE ? out_a >> {half} : out_b;
  genvar n;
  generate
    for (n = 0; n < {half} / 9; n = n + 1) begin : unit
      assign {{DOPADOP[n], DOADO[8*n+:8]}} = out_a[9*n+:9];
      assign {{DOPBDOP[n], DOBDO[8*n+:8]}} = upper[9*n+:9];
    end
  endgenerate

  sw_block_ram #(
      .UNITS({units}), .BITS({bits}), .READ_A(READ_WIDTH_A), .WRITE_A(SINGLE ? 0 : WRITE_WIDTH_A),
      .READ_B(SINGLE ? 0 : READ_WIDTH_B), .WRITE_B(WRITE_WIDTH_B), .MODE_A({mode_a}), .MODE_B({mode_b}),
      .RESET_A(in_units(SRVAL_A, WIDE ? {half} : READ_WIDTH_A) | (WIDE ? in_units(SRVAL_B, {half}) << {half} : 72'd0)),
      .RESET_B(in_units(SRVAL_B, READ_WIDTH_B))
  ) ram (
      .clk_a(CLKARDCLK), .enable_a(ENARDEN), .reset_a(RSTRAMARSTRAM), .address_a(ADDRARDADDR[{bits}-1:0]),
      .write_a(write_a), .in_a(a), .out_a(out_a),
      .clk_b(CLKBWRCLK), .enable_b(ENBWREN), .reset_b(RSTRAMB), .address_b(ADDRBWRADDR[{bits}-1:0]),
      .write_b(write_b), .in_b(WRITE_WIDTH_B == 2 * {half} ? a | b << {half} : b), .out_b(out_b));

  integer u;
  initial begin
    for (u = 0; u < {units}; u = u + 1) ram.units[u] = {{INITP[u], INIT[8*u+:8]}};
    if (DOA_REG != 0 || DOB_REG != 0 || RAM_EXTENSION_A != "NONE" || RAM_EXTENSION_B != "NONE"
        || IS_CLKARDCLK_INVERTED || IS_CLKBWRCLK_INVERTED) begin
      $display("REFUSED RAMB{size}E1 with output registers, cascades or falling clocks");
      $finish;
    end
  end
endmodule
"""

_LATTICE = """
module sw_DP16KD (
    input {pins_a}, CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0,
    input {pins_b}, CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0,
    output {outs}
);
  parameter DATA_WIDTH_A = 18, DATA_WIDTH_B = 18, REGMODE_A = "NOREG", REGMODE_B = "NOREG", RESETMODE = "SYNC";
  parameter ASYNC_RESET_RELEASE = "SYNC", CSDECODE_A = "0b000", CSDECODE_B = "0b000", CLKAMUX = "CLKA", CLKBMUX = "CLKB";
  parameter WRITEMODE_A = "NORMAL", WRITEMODE_B = "NORMAL", GSR = "AUTO";
  parameter [319:0] {init};
  localparam [64*320-1:0] INIT = {{{inits}}};
  localparam PAIR = DATA_WIDTH_A == 36 || DATA_WIDTH_B == 36;  // port A writes, port B reads
  localparam MODE_A = {mode_a}, MODE_B = {mode_b};

  wire [13:0] a = {{{address_a}}}, b = {{{address_b}}};
  wire [17:0] in_a = {{{data_a}}}, in_b = {{{data_b}}};
  wire [71:0] out_a, out_b;
  assign {{{outs_a}}} = DATA_WIDTH_B == 36 ? out_b[17:0] : out_a[17:0];
  assign {{{outs_b}}} = DATA_WIDTH_B == 36 ? out_b[35:18] : out_b[17:0];
  wire [7:0] write_a = !WEA ? 8'd0 : DATA_WIDTH_A == 36 ? a[3:0] : DATA_WIDTH_A == 18 ? a[1:0] : 8'd1;
  wire [7:0] write_b = PAIR || !WEB ? 8'd0 : DATA_WIDTH_B == 18 ? b[1:0] : 8'd1;

  sw_block_ram #(
      .UNITS(2048), .BITS(14), .READ_A(PAIR ? 0 : DATA_WIDTH_A), .WRITE_A(DATA_WIDTH_A), .READ_B(DATA_WIDTH_B),
      .WRITE_B(PAIR ? 0 : DATA_WIDTH_B), .MODE_A(MODE_A), .MODE_B(MODE_B), .GATED(0)
  ) ram (
      .clk_a(CLKA), .enable_a(CEA), .reset_a(RSTA), .address_a(a), .write_a(write_a),
      .in_a(DATA_WIDTH_A == 36 ? {{36'd0, in_b, in_a}} : {{54'd0, in_a}}), .out_a(out_a),
      .clk_b(CLKB), .enable_b(CEB), .reset_b(RSTB), .address_b(b), .write_b(write_b), .in_b({{54'd0, in_b}}), .out_b(out_b));

  integer u;
  initial begin
    for (u = 0; u < 2048; u = u + 1) ram.units[u] = INIT[u/2*20+u%2*9+:9];
    if (REGMODE_A != "NOREG" || REGMODE_B != "NOREG" || CLKAMUX != "CLKA" || CLKBMUX != "CLKB"
        || CSDECODE_A != "0b000" || CSDECODE_B != "0b000") begin
      $display("REFUSED DP16KD with output registers, chip selects, falling clocks");
      $finish;
    end
  end
  always @(RSTA or RSTB)
    if (RESETMODE != "SYNC" && (RSTA || RSTB)) begin
      $display("REFUSED DP16KD with a reset without clock");
      $finish;
    end
endmodule
"""


_MULTIPLIER = """
module sw_MULT18X18D (
    input {pins}, SIGNEDA, SIGNEDB, SOURCEA, SOURCEB, CLK3, CLK2, CLK1, CLK0, CE3, CE2, CE1, CE0, RST3, RST2, RST1, RST0,
    output {outs}
);
  parameter REG_INPUTA_CLK = "NONE", REG_INPUTB_CLK = "NONE", REG_INPUTC_CLK = "NONE", REG_PIPELINE_CLK = "NONE";
  parameter REG_OUTPUT_CLK = "NONE", SOURCEB_MODE = "B_SHIFT", GSR = "AUTO", RESETMODE = "SYNC", MULT_BYPASS = "DISABLED";
  wire signed [18:0] a = {{SIGNEDA && A17, {a}}}, b = {{SIGNEDB && B17, {b}}};
  wire signed [37:0] product = a * b;
  assign {{{outs}}} = product[35:0];
  initial
    if (REG_INPUTA_CLK != "NONE" || REG_INPUTB_CLK != "NONE" || REG_PIPELINE_CLK != "NONE" || REG_OUTPUT_CLK != "NONE") begin
      $display("REFUSED MULT18X18D with registers");
      $finish;
    end
endmodule
"""


def models() -> str:
    """The Verilog of all models."""
    folder = files("spikewright.hardware") / "cosim"
    return (folder / "block_rams.v").read_text() + _xilinx(18) + _xilinx(36) + _lattice() + _multiplier()


def _xilinx(size: int) -> str:
    half, blocks = size, size * 32 // 9  # bits of one side's port; parameters of 256 bits
    return _XILINX.format(
        size=size,
        address=13 if size == 18 else 15,
        bits=14 if size == 18 else 15,
        data=half * 8 // 9 - 1,
        parity=half // 9 - 1,
        wea=half // 9 - 1,
        web=half * 2 // 9 - 1,
        half=half,
        units=blocks * 32,
        **_named("INIT", "init", blocks),
        **_named("INITP", "initp", blocks // 8),
        mode_a=_mode("WRITE_MODE_A", "READ_FIRST", "WRITE_FIRST"),
        mode_b=_mode("WRITE_MODE_B", "READ_FIRST", "WRITE_FIRST"),
    )


def _lattice() -> str:
    return _LATTICE.format(
        pins_a=f"{pins('DIA', 18)}, {pins('ADA', 14)}",
        pins_b=f"{pins('DIB', 18)}, {pins('ADB', 14)}",
        outs=f"{pins('DOA', 18)}, {pins('DOB', 18)}",
        outs_a=pins("DOA", 18),
        outs_b=pins("DOB", 18),
        address_a=pins("ADA", 14),
        address_b=pins("ADB", 14),
        data_a=pins("DIA", 18),
        data_b=pins("DIB", 18),
        mode_a=_mode("WRITEMODE_A", "READBEFOREWRITE", "WRITETHROUGH"),
        mode_b=_mode("WRITEMODE_B", "READBEFOREWRITE", "WRITETHROUGH"),
        **_named("INITVAL", "init", 64),
    )


def _multiplier() -> str:
    a, b = pins("A", 18), pins("B", 18)
    return _MULTIPLIER.format(pins=f"{a}, {b}, {pins('C', 18)}", outs=pins("P", 36), a=a, b=b)


def pins(name: str, count: int) -> str:
    """Single pins of a bus, the highest first."""
    return ", ".join(f"{name}{n}" for n in reversed(range(count)))


def _named(prefix: str, key: str, count: int) -> dict[str, str]:
    """Parameters `prefix`_00 and so on, declared and side by side with the first one lowest."""
    names = [f"{prefix}_{n:02X}" for n in range(count)]
    return {key: ", ".join(f"{name} = 0" for name in names), f"{key}s": ", ".join(reversed(names))}


def _mode(name: str, old: str, new: str) -> str:
    return f'{name} == "{old}" ? 0 : {name} == "{new}" ? 1 : 2'
