"""What lies around the Verilog of a core: Makefile, synthesis script, constraints, and projects of two vendors."""

from collections.abc import Mapping

from spikewright.hardware.devices import DEVICES, Device

SYNTHESIS: Mapping[str, str] = {
    "xc7": "synth_xilinx -family xc7 -nowidelut -top sw_core",
    "xcup": "synth_xilinx -family xcup -nowidelut -top sw_core",
    "ecp5": "synth_ecp5 -top sw_core",
    "ice40": "synth_ice40 -top sw_core",
    "cyclonev": "synth_intel_alm -family cyclonev -top sw_core",
}
"""Family -> what Yosys runs."""

MANY = 64
"""A core of more physical neurons than these is left to Verilator where it is installed: Icarus takes a time for each cycle that
grows with the square of their number, Verilator some seconds to a minute for compiling."""

VERILATOR = (
    *("--binary", "--timing", "-O3", "-fno-dfg", "--output-split", "20000", "--top-module", "bench", "-o", "bench"),
    *("--x-assign", "unique", "--x-initial", "unique", "-MAKEFLAGS", "OPT_SLOW=-O0"),
    *("-Wno-fatal", "-Wno-lint", "-Wno-style"),
)
"""How the bench is compiled by Verilator 5."""

RANDOM = ("+verilator+rand+reset+2", "+verilator+seed+1")
"""What it is called with: registers and memories that nobody sets begin with anything, since Verilator knows no x."""

_MAKEFILE = """\
# make sim: the golden traces through the core; SIMULATOR=icarus (Icarus Verilog) or SIMULATOR=verilator (Verilator 5, g++, make).
# make synth: what the core takes (Yosys). Neither needs anything else, nor the project that wrote this.
# What they write lies beside this folder, which stays as it was exported.
BUILD ?= ../$(notdir $(CURDIR))-build
# {lanes} physical neurons: {why}
SIMULATOR ?= {simulator}

.PHONY: sim sim-icarus sim-verilator synth clean
sim: sim-$(SIMULATOR)
\t@grep -q "^PASS" "$(BUILD)/sim.log"

sim-icarus:
\t@mkdir -p "$(BUILD)"
\tiverilog -g2005 -s bench -o "$(BUILD)/bench" tb/bench.v rtl/*.v
\tcd mem && vvp -n "$(abspath $(BUILD))/bench" $(if $(LIMIT),+limit=$(LIMIT)) | tee "$(abspath $(BUILD))/sim.log"

sim-verilator:
\t@mkdir -p "$(BUILD)"
\tverilator {flags} -Mdir "$(BUILD)/verilated" tb/bench.v rtl/*.v > "$(BUILD)/verilator.log" 2>&1
\tcd mem && "$(abspath $(BUILD))/verilated/bench" {random} $(if $(LIMIT),+limit=$(LIMIT)) | tee "$(abspath $(BUILD))/sim.log"

synth:
\t@mkdir -p "$(BUILD)"
\tcd mem && yosys -q -l "$(abspath $(BUILD))/synth.log" -p "script ../synth.ys; write_json $(abspath $(BUILD))/core.json"
\t@sed -n '/Number of cells/,$$p' "$(BUILD)/synth.log"

clean:
\trm -rf "$(BUILD)"
"""

_WHERE_INSTALLED = (
    "$(if $(filter-out 0 1 2 3 4,$(shell verilator --version 2>/dev/null | sed -n 's/^Verilator \\([0-9]*\\).*/\\1/p')),"
    "verilator,icarus)"
)

_SYNTH = """\
# Yosys, run in mem/, where $readmemh finds its files; hierarchy is kept, as the estimates are.
read_verilog -defer ../rtl/*.v
{command}
stat
"""

_VIVADO = """\
# Vivado project, in batch mode: vivado -mode batch -source vivado.tcl. NOT TESTED: no Vivado was there when this was written.
# Cores for devices of other vendors are given a part that Vivado knows; -part takes yours.
create_project -force {name} ../{name}-vivado -part {part}
add_files [glob rtl/*.v]
add_files -fileset sources_1 [glob mem/*.mem]
set_property file_type {{Memory Initialization Files}} [get_files *.mem]
add_files -fileset constrs_1 constraints/clock.xdc
add_files -fileset sim_1 tb/bench.v
set_property top sw_core [current_fileset]
launch_runs synth_1
wait_on_run synth_1
open_run synth_1
report_utilization
report_timing_summary
"""

_QUARTUS = """\
# Quartus project: quartus_sh -t quartus.tcl. NOT TESTED: no Quartus was there when this was written.
# Cores for devices of other vendors are given a part that Quartus knows; DEVICE takes yours.
load_package flow
project_new -overwrite {name}
set_global_assignment -name FAMILY "Cyclone V"
set_global_assignment -name DEVICE {part}
set_global_assignment -name TOP_LEVEL_ENTITY sw_core
set_global_assignment -name SEARCH_PATH mem
foreach file [glob rtl/*.v] {{ set_global_assignment -name VERILOG_FILE $file }}
set_global_assignment -name SDC_FILE constraints/clock.sdc
execute_flow -compile
project_close
"""

_CLOCK = "# {what}\ncreate_clock -name clk -period {period:.3f} [get_ports clk]\n"


def texts_for_tools(device: Device, clock_mhz: float, lanes: int) -> dict[str, str]:
    """Path -> text of each of them; `lanes`: how many physical neurons the core has."""
    period = 1000.0 / clock_mhz
    name = "spike_core"
    return {
        "Makefile": _makefile(lanes),
        "synth.ys": _SYNTH.format(command=SYNTHESIS[device.family]),
        "vivado.tcl": _VIVADO.format(name=name, part=_part(device, "xc7a100t")),
        "quartus.tcl": _QUARTUS.format(name=name, part=_part(device, "5csema5")),
        "constraints/clock.xdc": _CLOCK.format(what="Vivado", period=period),
        "constraints/clock.sdc": _CLOCK.format(what="Quartus", period=period),
    }


def _part(device: Device, usual: str) -> str:
    """The part of a device for the tool that knows the `usual` device too, or that one's for a device of another vendor."""
    vendors = {"xc7": "amd", "xcup": "amd", "cyclonev": "intel"}
    if vendors.get(device.family) != vendors[DEVICES[usual].family]:
        return PARTS[usual]
    return PARTS.get(device.name, device.name)


def _makefile(lanes: int) -> str:
    why, simulator = "few enough for Icarus, which needs no compiler", "icarus"
    if lanes > MANY:
        why, simulator = "many, so Verilator 5 where it is installed", _WHERE_INSTALLED
    return _MAKEFILE.format(
        lanes=lanes, why=why, simulator=simulator, flags=" ".join(VERILATOR), random=" ".join(RANDOM)
    )


PARTS: Mapping[str, str] = {
    "xc7a35t": "xc7a35tcpg236-1",
    "xc7a100t": "xc7a100tcsg324-1",
    "xc7a200t": "xc7a200tsbg484-1",
    "xc7z020": "xc7z020clg400-1",
    "xczu3eg": "xczu3eg-sbva484-1-e",
    "5csema5": "5CSEMA5F31C6",
}
"""Device -> the part with package and speed that the projects name; another's own name stands for itself."""
