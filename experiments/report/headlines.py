"""The headline numbers of a report, and the corners of its design space."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spikewright import Table
from spikewright.experiments.report.sheets import Sheet, sheet

MOST = 8
"""Networks with a box of their own."""


@dataclass(frozen=True)
class Headline:
    """A headline number."""

    value: str
    label: str
    note: str = ""


def cards(tables: Mapping[str, Table]) -> list[Headline]:
    """The headline numbers, as far as the study has them."""
    found = tables["accuracy"] if "accuracy" in tables else Table((), ())
    made = [_accuracy_card(row) for row in found if row["kind"] in ("ANN", "SNN")][:MOST]
    if "footprint" in tables:
        rows = list(tables["footprint"])
        before, after = (sum(row[name] for row in rows) for name in ("before_bits", "after_bits"))
        kept = sum(row["kept"] for row in rows) / sum(row["weights"] for row in rows)
        made.append(
            Headline(
                f"{before / after:.1f}\N{MULTIPLICATION SIGN}", "smaller weights", f"{kept:.0%} of the weights are kept"
            )
        )
    if "hardware" in tables:
        core = next((row for row in tables["hardware"] if row["chosen"]), None)
        made += [] if core is None else _core_cards(core)
    return made


def _accuracy_card(row: Mapping[str, Any]) -> Headline:
    name = "ANN" if row["network"] == "ann" else row["network"]
    note = f"95 %: {row['low']:.1%} to {row['high']:.1%}"
    if row["kind"] == "SNN":
        note += f"; {row['spikes_per_neuron']:.2f} spikes per neuron"
    return Headline(f"{row['accuracy']:.1%}", f"{name} ({row['kind']})" if name != row["kind"] else name, note)


def _core_cards(row: Mapping[str, Any]) -> list[Headline]:
    latency, energy = (_spread(row, name) for name in ("latency_us", "fpga_energy_uj"))
    return [
        Headline(f"{row['latency_us']:.3g} µs", "latency of the core", f"{latency} µs, estimated"),
        Headline(f"{row['fpga_energy_uj']:.3g} µJ", "FPGA energy per inference", f"{energy} µJ, estimated"),
        Headline(
            f"{row['lut']:,.0f} LUT",
            f"area on {row['device']}",
            f"{_spread(row, 'lut', ',.0f')} LUT, estimated; {row['dsp']} DSP, {row['bram36']:g} BRAM36",
        ),
    ]


def _spread(row: Mapping[str, Any], name: str, form: str = ".3g") -> str:
    return f"{row[f'{name}_low']:{form}} to {row[f'{name}_high']:{form}}"


BANDS = "LUT and FF within the bands of 52 hand-written layers: 0.07 to 2.6 and 1 to 7.1 times the estimate"


def corners(tables: Mapping[str, Table]) -> Sheet | None:
    """The named architectures of every network and the exported core."""
    if "hardware" not in tables:
        return None
    rows = [row for row in tables["hardware"] if row["architecture"] != "sweep" or row["chosen"]]
    return sheet("hardware", f"Architectures ({BANDS})", Table.of(_corner(row) for row in rows))


def _corner(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["architecture"].replace("_", " ")
    return {
        "network": row["network"],
        "architecture": ("exported core" if name == "sweep" else f"{name} (exported)") if row["chosen"] else name,
        **{key: row[key] for key in ("physical_neurons", "fits")},
        "lut": f"{row['lut']:,.0f} ({_spread(row, 'lut', ',.0f')})",
        **{key: row[key] for key in ("bram36", "dsp", "latency_us")},
        "asic45_energy_nj": row["asic45_energy_nj"],
        "fpga_energy_uj": f"{row['fpga_energy_uj']:.3g} ({_spread(row, 'fpga_energy_uj')})",
    }
