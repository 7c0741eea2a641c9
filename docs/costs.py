"""What compression costs and saves on an FPGA: `python -m docs.costs` writes docs/costs.md from docs/results/costs.json.

python -m docs.costs           the page and its figures, from what was measured
python -m docs.costs FOLDER    measured again first, with MNIST and Fashion-MNIST in FOLDER; about two minutes of processor time
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import spikewright as sw
from docs.costs_cases import BY_ADDITIONS, digits_cases, fashion_cases, lenet_cases
from docs.tables import write
from spikewright import Kind
from spikewright.experiments.costs.techniques import compression_costs
from spikewright.experiments.plots import core_shares, draw_core_shares, save_figure, styled
from spikewright.hardware import EqualTerms
from spikewright.hardware.costs.verdicts import short, verdicts_of
from spikewright.kinds import holds

DOCS = Path(__file__).parent
PAGE, RESULTS, FIGURES = DOCS / "costs.md", DOCS / "results" / "costs.json", DOCS / "figures"
PAGE_FILE = Kind("the page of costs", holds(b"Written by `python -m docs.costs`"))
RESULTS_FILE = Kind("results of costs", holds(b'"costs"'))
LENET, FASHION, DIGITS = "lenet64-mnist", "lenet64-fashion", "small-digits"
AREA = "lenet64-mnist, as many LUTs"
TITLES = {
    LENET: "LeNet of 32 and 64 channels, MNIST: masks of the zoo; the rest without fine-tuning",
    FASHION: "The same network on Fashion-MNIST: masks of the zoo",
    DIGITS: "Small CNN, digits: every technique, pruning and fewer bits fine-tuned",
    AREA: "The same LeNet where the spike core gets as many LUTs as the CNN core",
}
IMAGES = 1000
"""First test images of each data set that are run; of the digits all."""
FIGURE = {LENET: "costs-lenet", DIGITS: "costs-digits"}
HEADINGS = (
    "technique", "core", "accuracy", "weight memory (KiB)", "index, tables (KiB)", "all memory (KiB)", "LUT", "FF", "BRAM36",
    "DSP", "cycles an image", "cycles between answers", "energy (µJ)", "45 nm index (nJ)",
)  # fmt: skip
INTRODUCTION = """# What compression costs and saves on an FPGA

Written by `python -m docs.costs`, from docs/results/costs.json. What does each technique of compression cost on a circuit, for
the CNN and for the spiking network? Each network is built twice from the same integer weights: as the event-driven **spike core**
and the **CNN core**, a multiply-accumulate core with as many levels for each activation as the spiking network has steps and one.
Both get the same device, clock and lanes.

    spikewright costs dense.safetensors blocks.safetensors --lanes 16 --steps 7      # your own: table, verdicts, figure

    from spikewright.experiments.costs.techniques import compression_costs
    found = compression_costs({"dense": model, "blocks": small}, train_images[:500], (images, labels))

How it is counted. *Weight memory*: rows of weights as the circuit stores them, lists and seats of pruned rows, and the codebooks
of all lanes; each layer takes the way of storing in which bits times passes are fewest. *Cycles*: of single images, each alone
behind a reset, by the simulator that equals the Verilog in every cycle; in brackets the fewest and the most of an image. *LUT,
FF, energy*: estimates, intervals in brackets; memory blocks and multipliers are counted. Energies of two designs share their
coefficients, so that their order is surer than their microjoules.

*By additions*: blocks go until a share of the additions of the spiking network is saved, in place of a share of the weights
(`PruneSettings(counted="additions")`): 91 % in the second convolution of `lenet64-mnist-additions`, 90 % in that of
`lenet64-fashion-additions`, both on top of 91.5 % of the weights in blocks; on the digits 60 %.
"""
NOTHING = """## What saves nothing on chip, and why

- **Huffman coding** and other codes of a file: weights are decoded when the core is loaded, since each is read at random; the
  bits on chip are those of the tables above. It saves disk and link (`Compressed.footprint` has the size of the file).
- **Low rank**: one matrix that is stored as a product of two lies in the memory as it comes out; two layers without an
  activation between them become one layer again when they are converted. A rank saves where something fires between the factors,
  which is another network and wants training.
- **1 of 8** in the CNN core: a row of weights goes to all lanes at once, and one of them has a survivor nearly always. The spike
  core packs such rows, with a seat for each weight.
- **Distilling** is no way of storing: it pays by the smaller network that it makes good enough.
- **A table of real numbers** (k-means in float32) does not survive the integers: each output channel gets a scale of its own, and
  with it more entries. A table of integers under one scale does: `Scaled(Lookup(integers, index), scale)`.

Seen in these tables: masks by the size of weights save the spike core less work than weights, since what survives lies where
spikes come from. The dense LeNet of MNIST sends 97 % of its spikes from 5 of 32 channels, and 91 % pruned in blocks keeps most of
their weights: its spike core takes as many cycles as before. Counted by additions, the same kind of blocks leaves a fifth of the
cycles on MNIST (20 %) and on Fashion-MNIST (18 %), at 0.6 and 1.9 points of accuracy less; 1 of 8 leaves a third (32 and 30 %).
On the digits, where all channels fire, additions are no better than weights: 47 against 51 % of the cycles, at a point less. In
blocks of as many outputs as there are lanes the CNN core leaves whole rows out, and its cycles follow its weights. Fewer bits
change memories and logic, hardly cycles.
"""


def measure(folder: str) -> Iterator[dict[str, Any]]:
    """The rows of one table after the other, with those before it."""
    mnist, fashion = (sw.load_dataset(name, folder).first(None, IMAGES) for name in ("mnist", "fashion-mnist"))
    digits = sw.load_dataset("digits")
    lenet = dict(lenet_cases(mnist))
    few = {name: lenet[name] for name in ("dense, 8 bits", "91 % pruned in blocks of 16", BY_ADDITIONS, "1 of 8 left")}
    asked = (
        (LENET, lenet, mnist, EqualTerms()),
        (FASHION, dict(fashion_cases()), fashion, EqualTerms()),
        (DIGITS, None, digits, EqualTerms()),
        (AREA, few, mnist, EqualTerms(match="area")),
    )
    found = {}
    for name, models, data, terms in asked:
        costs = compression_costs(
            models or dict(digits_cases(digits)),
            data.train_images[:500],
            (data.test_images, data.test_labels),
            terms=terms,
        )
        found[name] = {"head": costs.head, "rows": list(costs.table)}
        yield {"costs": found}


def page(found: Mapping[str, Any]) -> Iterator[str]:
    """The page, part by part."""
    yield INTRODUCTION
    for name, part in found.items():
        yield f"## {TITLES[name]}\n\n{part['head']}\n"
        if name in FIGURE:
            yield f"![What is left of memory, cycles and energy of each core after each technique](figures/{FIGURE[name]}.png)\n"
        yield f"| {' | '.join(HEADINGS)} |\n| {' | '.join('---' for _ in HEADINGS)} |"
        yield from (_line(row) for row in part["rows"])
        yield ""
        yield from (f"- **{technique}**: {told}" for technique, told in verdicts_of(part["rows"]).items())
        yield ""
    yield NOTHING


def _line(row: Mapping[str, Any]) -> str:
    if row["refused"]:
        return f"| {row['technique']} | {row['core']} | refused: {row['refused']} |{' |' * (len(HEADINGS) - 3)}"
    kib = [row[name] / 8192 for name in ("weight_memory_bits", "memory_bits")]
    index = (row["index_bits"] + row["codebook_bits"]) / 8192
    cells = (
        row["technique"], row["core"], f"{100 * row['accuracy']:.2f} %", f"{kib[0]:,.1f}", f"{index:,.1f}", f"{kib[1]:,.1f}",
        _between(row, "lut", whole), f"{row['ff']:,.0f}", f"{row['bram36']:g}", f"{row['dsp']:g}",
        _between(row, "latency_cycles", whole),
        f"{row['interval_cycles']:,.0f}", _between(row, "fpga_energy_uj", short), f"{row['asic45_energy_nj']:,.0f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def whole(value: float) -> str:
    """A number without decimals."""
    return f"{value:,.0f}"


def _between(row: Mapping[str, Any], name: str, told: Callable[[float], str]) -> str:
    """A value with its bounds, where they differ from it."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return told(value) if low == high else f"{told(value)} ({told(low)} to {told(high)})"


def main() -> None:
    """Measure again where a folder is given, then write the figures and the page."""
    parser = argparse.ArgumentParser(prog="python -m docs.costs", description="docs/costs.md and its figures.")
    parser.add_argument("folder", nargs="?", help="measured again first, with both data sets in it; else as stored")
    folder = parser.parse_args().folder
    if folder is not None:
        for found in measure(folder):
            write(RESULTS, RESULTS_FILE, json.dumps(found, indent=1) + "\n")
    found = json.loads(RESULTS.read_text())["costs"]
    with styled():
        for name, figure in ((name, figure) for name, figure in FIGURE.items() if name in found):
            save_figure(draw_core_shares(core_shares(found[name]["rows"])), FIGURES / figure, ("png",))
    write(PAGE, PAGE_FILE, "\n".join(page(found)))


if __name__ == "__main__":
    main()
