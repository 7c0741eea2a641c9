"""What tools are told."""

from spikewright.hardware import DEVICES
from spikewright.hardware.core.tool_files import SYNTHESIS, texts_for_tools


def test_every_family_of_a_device_is_synthesised() -> None:
    assert {device.family for device in DEVICES.values()} <= set(SYNTHESIS)
    for device in DEVICES.values():
        texts = texts_for_tools(device, 80.0)
        assert SYNTHESIS[device.family] in texts["synth.ys"] and all("{" not in texts[n] for n in ("synth.ys",))
        assert "-period 12.500" in texts["constraints/clock.xdc"] and all(
            text.endswith("\n") for text in texts.values()
        )


def test_projects_of_vendors_say_that_they_were_not_tested() -> None:
    texts = texts_for_tools(DEVICES["xc7a35t"], 100.0)
    assert "NOT TESTED" in texts["vivado.tcl"] and "NOT TESTED" in texts["quartus.tcl"]
    assert "xc7a35tcpg236-1" in texts["vivado.tcl"] and "{{" not in texts["vivado.tcl"]


def test_what_make_writes_lies_beside_the_core() -> None:
    makefile = texts_for_tools(DEVICES["xc7a35t"], 100.0)["Makefile"]
    assert makefile.startswith("#") and "BUILD ?= ../$(notdir $(CURDIR))-build" in makefile
    assert all(line.startswith("\t") for line in makefile.splitlines() if "iverilog" in line and "#" not in line)
