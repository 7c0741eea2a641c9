"""What commands that build hardware share: the device and clock that were asked for, and the design that is meant."""

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput
from spikewright.experiments.cli.arguments import DESIGNS
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
    """The point that --design names or spells, on the device and clock of `stage`; `loads`: its memories can be filled at run
    time."""
    from spikewright import hardware

    told: dict[str, Any] = {"device": stage.device, "clock_mhz": stage.clock_mhz}
    if design == "best":
        return hardware.explore([(network, activity)], **told, loads=loads).best(stage.best_by)
    if design not in DESIGNS:
        point = hardware.design(network, _spelled(network, design), **told)
    elif design == "fully-parallel":
        point = hardware.fully_parallel(network, **told)
    elif design == "time-multiplexed":
        point = hardware.time_multiplexed(network, **told)
    else:
        point = hardware.hybrid(network, activity, **told)
    return replace(point, loads=loads)


def _spelled(network: "Network", design: str) -> dict[str, Any]:
    """Lanes by layer out of "16/4x2x2/10": of a number the lanes with which `explore` makes so many neurons."""
    from spikewright.hardware.circuit.lane_room import room_of
    from spikewright.hardware.design_points import layers_of
    from spikewright.hardware.layer_designs import ladder

    layers, given = layers_of(network), [tuple(map(int, each.split("x"))) for each in design.split("/")]
    if len(given) != len(layers):
        names = ", ".join(p.name for p in layers)
        raise InvalidInput(
            f"expected physical neurons for each of {names}, got {design}; try {'/'.join('1' * len(layers))}"
        )
    found: dict[str, Any] = {}
    for population, axes in zip(layers, given, strict=True):
        rungs = {lanes.count: lanes for lanes in ladder(population, room_of(network, population))}
        found[population.name] = rungs.get(axes[0], axes[0]) if len(axes) == 1 else (*axes, 1)[:3]
    return found


def lanes_asked(network: "Network", lanes: int, stage: "HardwareStage") -> "DesignPoint":
    """So many channel lanes in each layer, or as many as it has channels."""
    from spikewright.hardware import design
    from spikewright.hardware.design_points import layers_of

    chosen = {p.name: min(lanes, p.shape[0]) for p in layers_of(network)}
    return design(network, chosen, device=stage.device, clock_mhz=stage.clock_mhz)


def fitting(found: "Estimate") -> str:
    """Whether a design fits its device, as the words behind its name, and by how much it does not."""
    device = found.device
    if found.surely_fits:
        return f"fits {device.name}"
    if found.fits:
        high = " and ".join(device.lacks(lut=found.lut.high, ff=found.ff.high))
        return f"fits {device.name} by its middle estimate; at the high end of its bounds it takes {high}"
    return f"does not fit {device.name}: {' and '.join(found.lacks)}"
