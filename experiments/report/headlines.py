"""What the network to build costs, and the corners of the design space."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spikewright import Table
from spikewright.experiments.plots.style import percent
from spikewright.experiments.report.comparison import shown
from spikewright.experiments.report.sheets import Sheet, sheet
from spikewright.experiments.report.standings import Standing, accuracies, bounded, cheapest_designs, ranking
from spikewright.experiments.report.wording import NARROW, amount


@dataclass(frozen=True)
class Headline:
    """A headline number: `value` with its unit, what it is, and a `note` on its bounds."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class ToBuild:
    """The network to build: its accuracy, and the row of its design of least energy among those that fit.

    close: the energies of the other networks that were as good to choose from.
    """

    accuracy: Standing
    design: Mapping[str, Any]
    close: tuple[Standing, ...] = ()


def choice(tables: Mapping[str, Table]) -> ToBuild | None:
    """Of the networks whose accuracy is not told from the best, the one whose design takes the least energy."""
    if not {"accuracy", "hardware"} <= set(tables):
        return None
    found = ranking(accuracies(tables["accuracy"]))
    good = {one.name: one for one in (found.first, *found.level)}
    designs = {name: row for name, row in cheapest_designs(tables["hardware"]).items() if name in good}
    if not designs:
        return None
    name, design = min(designs.items(), key=lambda each: float(each[1]["fpga_energy_uj"]))
    others = tuple(bounded(row, "fpga_energy_uj") for at, row in designs.items() if at != name)
    return ToBuild(good[name], design, others)


def costs(chosen: ToBuild) -> list[Headline]:
    """Its accuracy and what an inference costs, each with bounds."""
    row, right = chosen.design, chosen.accuracy
    energy, latency, area = (bounded(row, name) for name in ("fpga_energy_uj", "latency_us", "lut"))
    memory = f"{row['dsp']:,} multipliers (DSP), {row['bram36']:g} memory blocks (BRAM36)"
    return [
        Headline(
            percent(right.value), "of test images right", f"95{NARROW}%: {100 * right.low:.1f} to {percent(right.high)}"
        ),
        Headline(f"{amount(energy.value)}{NARROW}µJ", "energy of an inference", _between(energy)),
        Headline(f"{amount(latency.value)}{NARROW}µs", "latency of an inference", _between(latency)),
        Headline(f"{amount(area.value)}{NARROW}LUT", f"area on {row['device']}", f"{_between(area)}; {memory}"),
    ]


def _between(one: Standing) -> str:
    return "estimated" if one.low == one.high else f"estimated, {shown(one.low)} to {shown(one.high)}"


def _spread(row: Mapping[str, Any], name: str, form: str = ".3g") -> str:
    return f"{row[f'{name}_low']:{form}} to {row[f'{name}_high']:{form}}"


BANDS = (
    "Bounds of LUT are those in which 95 of 100 circuits and more lie when Yosys synthesises them for xc7 or ECP5, before place"
    " and route; they are wider for other families, and for parts larger than any that was calibrated. Bounds of energy are"
    " assumed. A design of which only the middle estimate fits may turn out too large"
)
ONLY_MIDDLE = "by the middle"
"""What is said of a design that fits by its middle estimate, but not by the high end of its bounds."""


def corners(tables: Mapping[str, Table]) -> Sheet | None:
    """The named architectures of every network and the exported core."""
    if "hardware" not in tables:
        return None
    rows = [row for row in tables["hardware"] if row["architecture"] != "sweep" or row["chosen"]]
    return sheet("hardware", BANDS, Table.of(_corner(row) for row in rows))


def _corner(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["architecture"].replace("_", " ")
    return {
        "network": row["network"],
        "architecture": ("exported core" if name == "sweep" else f"{name} (exported)") if row["chosen"] else name,
        "physical_neurons": row["physical_neurons"],
        "fits": _fitting(row),
        "lut": f"{row['lut']:,.0f} ({_spread(row, 'lut', ',.0f')})",
        **{key: row[key] for key in ("bram36", "dsp", "latency_us")},
        "asic45_energy_nj": row["asic45_energy_nj"],
        "fpga_energy_uj": f"{row['fpga_energy_uj']:.3g} ({_spread(row, 'fpga_energy_uj')})",
    }


def _fitting(row: Mapping[str, Any]) -> str:
    """Whether a design fits; by the middle estimate alone on a device that is not in DEVICES, whose size is not known here."""
    from spikewright.hardware import DEVICES

    if not row["fits"]:
        return "no"
    device = DEVICES.get(row["device"])
    return ONLY_MIDDLE if device is not None and row["lut_high"] > device.lut else "yes"
