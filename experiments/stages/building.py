"""The stage of a study that builds: estimates of every design point, one of them exported as a spike core."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from spikewright import InvalidInput
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.experiments.studies.expansion import Expansion
from spikewright.experiments.studies.parts import ConversionPart
from spikewright.experiments.studies.spec import Study
from spikewright.tables import Within, check_fields

if TYPE_CHECKING:
    from spikewright.hardware import DesignPoint, Exploration
    from spikewright.snn import Activity, Network

CORE = "core"


@dataclass(frozen=True)
class HardwareStage(Stage):
    """Estimates of the three corners and of P for each layer, and one core: the point with the smallest `best_by` that fits.

    device: the FPGA, by name, or the user's own as a YAML or TOML file or package.module:object.
    clock_mhz: its clock.
    images: test images whose activity is counted; none: all.
    best_by: the column that the core makes small.
    golden: test images with golden traces.
    networks: the networks to build from.
    """

    version: ClassVar[int] = 5
    makes: ClassVar[Columns] = {
        "hardware": (
            "lut", "ff", "bram36", "dsp", "weight_memory_bits", "latency_cycles", "interval_cycles", "latency_us",
            "asic45_energy_nj", "fpga_energy_uj", "accuracy", "clock_mhz",
        ),
        "estimate": (
            "lut", "ff", "bram36", "dsp", "weight_memory_bits", "physical_neurons", "neurons", "spikes", "busy_cycles",
            "latency_cycles", "latency_us", "asic45_memory_nj", "asic45_operations_nj", "asic45_addressing_nj",
            "asic45_energy_nj", "fpga_dynamic_uj", "fpga_energy_uj",
        ),
        "core": ("clock_mhz", "files", "golden_samples", "events_compared"),
    }  # fmt: skip
    device: str = "xc7a100t"
    clock_mhz: Annotated[float, Within(above=0)] = 100.0
    images: Annotated[int, Within(1)] | None = None
    best_by: str = "fpga_energy_uj"
    golden: Annotated[int, Within(1)] = 4
    networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> None:
        """The device."""
        from spikewright.hardware.devices import device

        device(self.device)

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterator[Cell]:
        """One cell for all networks that the study builds from."""
        if expansion.study.hardware is not None:
            names = built(expansion.study)
            settings = {**expansion.study.hardware.meaning["options"], "networks": names}
            yield expansion.cell(CORE, settings, {name: expansion.made[name] for name in names})

    def run(self, work: Work) -> Rows:
        """The corners and the sweep of all networks; the spiking point that is best becomes a core and is replayed."""
        from spikewright.hardware import explore
        from spikewright.snn import simulate

        names, dataset = self.networks, work.dataset
        networks = [work.network(name) for name in names]
        candidates = [(network, simulate(network, dataset.test_images[: self.images])) for network in networks]
        found = explore(
            candidates, device=self.device, clock_mhz=self.clock_mhz, labels=dataset.test_labels[: self.images],
            progress=work.progress,
        )  # fmt: skip
        place, point = chosen = spiking_best(found, networks, self.best_by)
        network, activity = candidates[place]
        rows = [{**row, "network": names[row["candidate"]], "chosen": _is(found, row, chosen)} for row in found.table]
        return {
            "hardware": rows,
            "estimate": estimate_rows(network, activity, point, names[place]),
            "core": [core_row(work, network, point, names[place], self.golden)],
        }


def built(study: Study) -> tuple[str, ...]:
    """The conversions that hardware is built from. Raises InvalidInput for recipes whose spikes no core knows."""
    if study.hardware is None:
        return ()
    names = study.hardware.networks or tuple(part.name for part in study.conversions if part.fixed is not None)
    if not names:
        raise InvalidInput("expected a conversion with fixed-point widths for the hardware, got none; try fixed: {}")
    for part in study.conversions:
        if part.name in names:
            _check_spikes(part)
    return names


def _check_spikes(part: ConversionPart) -> None:
    """Before the first cell; a user's own recipe is checked by the network that it makes."""
    neuron = part.options.get("neuron", "if")
    plain = part.recipe == "quantized" or (part.recipe == "rate" and neuron == "if")
    if part.called in part.family and not plain:
        what = f"{neuron} rate" if part.recipe == "rate" else part.recipe
        raise InvalidInput(
            f"expected recipes that a spike core has, rate with neuron 'if' or quantized, got {what} in {part.name!r}; "
            "try hardware.networks without it"
        )


def spiking_best(found: "Exploration", networks: "list[Network]", column: str) -> "tuple[int, DesignPoint]":
    """Candidate number and point with the smallest `column` among the spiking networks (among all, if none spikes)."""
    from spikewright.snn.traits import is_quantised

    spiking = [place for place, network in enumerate(networks) if not is_quantised(network)]
    fits = {row["candidate"] for row in found.table if row["fits"]}
    choices = [place for place in spiking or range(len(networks)) if place in fits] or [0]
    best = {place: found.best(column, candidate=place) for place in choices}
    cost = {place: _row_of(found, place, point)[column] for place, point in best.items()}
    place = min(cost, key=lambda one: (cost[one], one))
    return place, best[place]


def estimate_rows(network: "Network", activity: "Activity", point: "DesignPoint", name: str) -> list[dict[str, Any]]:
    """The chosen point, layer by layer and in all."""
    from spikewright.hardware import estimate

    return [{"network": name, **row} for row in estimate(network, activity, point).table]


def core_row(work: Work, network: "Network", point: "DesignPoint", name: str, golden: int) -> dict[str, Any]:
    """Export the core with golden traces of test images, load it again through its schema, and replay it."""
    from spikewright.hardware import export, replay

    folder = export(network, point, work.folder / CORE, images=work.dataset.test_images[:golden])
    again = replay(folder, device=point.fpga)
    return {
        "network": name,
        "physical_neurons": point.label,
        "device": point.device_name,
        "clock_mhz": point.clock_mhz,
        "files": sum(path.is_file() for path in folder.rglob("*")),
        "golden_samples": again.samples,
        "events_compared": again.events,
        "replay_equal": again.equal,
        "differences": "; ".join(again.differences),
    }


def _row_of(found: "Exploration", candidate: int, point: "DesignPoint") -> dict[str, Any]:
    rows = (row for row in found.table if row["candidate"] == candidate)
    return next(row for row in rows if found.estimates[row["point"]].point == point)


def _is(found: "Exploration", row: dict[str, Any], chosen: "tuple[int, DesignPoint]") -> bool:
    return bool(row["candidate"] == chosen[0] and row["point"] == _row_of(found, *chosen)["point"])
