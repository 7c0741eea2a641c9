"""What lies around the Verilog of a core: Makefile, synthesis script, constraints, and projects of two vendors."""

from collections.abc import Mapping

from spikewright.hardware.devices import Device

SYNTHESIS: Mapping[str, str] = {
    "xc7": "synth_xilinx -family xc7 -nowidelut -top sw_core",
    "xcup": "synth_xilinx -family xcup -nowidelut -top sw_core",
    "ecp5": "synth_ecp5 -top sw_core",
    "ice40": "synth_ice40 -top sw_core",
    "cyclonev": "synth_intel_alm -family cyclonev -top sw_core",
}
"""Family -> what Yosys runs."""

_MAKEFILE = """\
# make sim: the golden traces through the core (Icarus Verilog). make synth: what the core takes (Yosys).
# Neither needs anything else, nor the project that wrote this.
# What they write lies beside this folder, which stays as it was exported.
BUILD ?= ../$(notdir $(CURDIR))-build

.PHONY: sim synth clean
sim:
\t@mkdir -p "$(BUILD)"
\tiverilog -g2005 -s bench -o "$(BUILD)/bench" tb/bench.v rtl/*.v
\tcd mem && vvp -n "$(abspath $(BUILD))/bench" $(if $(LIMIT),+limit=$(LIMIT)) | tee "$(abspath $(BUILD))/sim.log"
\t@grep -q "^PASS" "$(BUILD)/sim.log"

synth:
\t@mkdir -p "$(BUILD)"
\tcd mem && yosys -q -l "$(abspath $(BUILD))/synth.log" -p "script ../synth.ys; write_json $(abspath $(BUILD))/core.json"
\t@sed -n '/Number of cells/,$$p' "$(BUILD)/synth.log"

clean:
\trm -rf "$(BUILD)"
"""

_SYNTH = """\
# Yosys, run in mem/, where $readmemh finds its files; hierarchy is kept, as the estimates are.
read_verilog -defer ../rtl/*.v
{command}
stat
"""

_VIVADO = """\
# Vivado project, in batch mode: vivado -mode batch -source vivado.tcl. NOT TESTED: no Vivado was there when this was written.
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


def texts_for_tools(device: Device, clock_mhz: float) -> dict[str, str]:
    """Path -> text of each of them."""
    period = 1000.0 / clock_mhz
    name = "spike_core"
    return {
        "Makefile": _MAKEFILE,
        "synth.ys": _SYNTH.format(command=SYNTHESIS[device.family]),
        "vivado.tcl": _VIVADO.format(name=name, part=PARTS.get(device.name, device.name)),
        "quartus.tcl": _QUARTUS.format(name=name, part=PARTS.get(device.name, device.name)),
        "constraints/clock.xdc": _CLOCK.format(what="Vivado", period=period),
        "constraints/clock.sdc": _CLOCK.format(what="Quartus", period=period),
    }


PARTS: Mapping[str, str] = {
    "xc7a35t": "xc7a35tcpg236-1",
    "xc7a100t": "xc7a100tcsg324-1",
    "xc7z020": "xc7z020clg400-1",
    "xczu3eg": "xczu3eg-sbva484-1-e",
    "5csema5": "5CSEMA5F31C6",
}
"""Device -> the part with package and speed that the projects name; another's own name stands for itself."""
