"""What tools are told."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from spikewright.hardware import DEVICES
from spikewright.hardware.core.tool_files import MANY, SYNTHESIS, texts_for_tools


def test_every_family_of_a_device_is_synthesised() -> None:
    assert {device.family for device in DEVICES.values()} <= set(SYNTHESIS)
    for device in DEVICES.values():
        texts = texts_for_tools(device, 80.0, 4)
        assert SYNTHESIS[device.family] in texts["synth.ys"] and all("{" not in texts[n] for n in ("synth.ys",))
        assert "-period 12.500" in texts["constraints/clock.xdc"] and all(
            text.endswith("\n") for text in texts.values()
        )


def test_projects_of_vendors_say_that_they_were_not_tested() -> None:
    texts = texts_for_tools(DEVICES["xc7a35t"], 100.0, 4)
    assert "NOT TESTED" in texts["vivado.tcl"] and "NOT TESTED" in texts["quartus.tcl"]
    assert "xc7a35tcpg236-1" in texts["vivado.tcl"] and "{{" not in texts["vivado.tcl"]


def test_tools_of_vendors_are_told_parts_that_they_know() -> None:
    own = replace(DEVICES["xc7a35t"], name="xc7k325tffg900-2", also=())
    for device, amd, intel in (
        (DEVICES["xczu3eg"], "xczu3eg-sbva484-1-e", "5CSEMA5F31C6"),
        (DEVICES["5csema5"], "xc7a100tcsg324-1", "5CSEMA5F31C6"),
        (DEVICES["ecp5-25k"], "xc7a100tcsg324-1", "5CSEMA5F31C6"),
        (own, "xc7k325tffg900-2", "5CSEMA5F31C6"),
    ):
        texts = texts_for_tools(device, 100.0, 4)
        assert f"-part {amd}\n" in texts["vivado.tcl"] and f"-name DEVICE {intel}\n" in texts["quartus.tcl"]


def test_what_make_writes_lies_beside_the_core() -> None:
    makefile = texts_for_tools(DEVICES["xc7a35t"], 100.0, 4)["Makefile"]
    assert makefile.startswith("#") and "BUILD ?= ../$(notdir $(CURDIR))-build" in makefile
    assert all(line.startswith("\t") for line in makefile.splitlines() if "iverilog" in line and "#" not in line)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed: apt-get install make")
@pytest.mark.parametrize(
    ("lanes", "said", "simulator"),
    [
        (MANY, "Verilator 5.006 2023-01-22", "iverilog"),
        (MANY + 1, "Verilator 5.006 2023-01-22", "verilator"),
        (MANY + 1, "Verilator 10.1 2030-01-22", "verilator"),
        (MANY + 1, "Verilator 4.038 2020-07-11", "iverilog"),
        (MANY + 1, None, "iverilog"),
    ],
)
def test_make_takes_verilator_for_many_lanes_where_a_new_one_is_installed(
    tmp_path: Path, lanes: int, said: str | None, simulator: str
) -> None:
    for name in ("make", "sh", "sed"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    if said:
        (tmp_path / "verilator").write_text(f"#!/bin/sh\necho {said}\n")
        (tmp_path / "verilator").chmod(0o755)
    (tmp_path / "Makefile").write_text(texts_for_tools(DEVICES["xc7a35t"], 100.0, lanes)["Makefile"])
    planned = subprocess.run(
        ["make", "-n", "sim"], cwd=tmp_path, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    ).stdout
    assert f"\n{simulator} " in planned
