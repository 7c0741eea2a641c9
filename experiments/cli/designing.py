"""What commands that build hardware share: the device and clock that were asked for, and the design that is meant."""

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spikewright.experiments.cli.flags import TableFlags

if TYPE_CHECKING:
    from spikewright.experiments.stages.building import HardwareStage
    from spikewright.hardware import DesignPoint, Estimate
    from spikewright.snn import Activity, Network


def hardware_asked(options: Namespace, flags: TableFlags) -> "HardwareStage":
    """What to build, checked before the simulation, which takes longer."""
    from spikewright.experiments.families import STAGES

    stage: HardwareStage = STAGES.make("hardware", STAGES.read("hardware", flags.given(options)))
    stage.check()
    return stage


def design_asked(
    network: "Network", activity: "Activity", design: str, stage: "HardwareStage", loads: bool = False
) -> "DesignPoint":
    """The point that --design names, on the device and clock of `stage`; `loads`: its memories can be filled at run time."""
    from spikewright import hardware

    told: dict[str, Any] = {"device": stage.device, "clock_mhz": stage.clock_mhz}
    if design == "best":
        return hardware.explore([(network, activity)], **told, loads=loads).best(stage.best_by)
    if design == "fully-parallel":
        point = hardware.fully_parallel(network, **told)
    elif design == "time-multiplexed":
        point = hardware.time_multiplexed(network, **told)
    else:
        point = hardware.hybrid(network, activity, **told)
    return replace(point, loads=loads)


def lanes_asked(network: "Network", lanes: int, stage: "HardwareStage") -> "DesignPoint":
    """So many channel lanes in each layer, or as many as it has channels."""
    from spikewright.hardware import design
    from spikewright.hardware.design_points import layers_of

    chosen = {p.name: min(lanes, p.shape[0]) for p in layers_of(network)}
    return design(network, chosen, device=stage.device, clock_mhz=stage.clock_mhz)


def fitting(found: "Estimate") -> str:
    """Whether a design fits its device, as the words behind its name, and by how much it does not."""
    if found.fits:
        return f"fits {found.point.device_name}"
    return f"does not fit {found.point.device_name}: {' and '.join(found.lacks)}"
