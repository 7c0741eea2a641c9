"""`page`: docs/benchmarks.md and its figures, from the tables and figures that the other commands wrote."""

import csv
import shutil
from pathlib import Path

from spikewright import FolderKind, InvalidFile, Kind, atomic_path, check_path, claim_folder
from spikewright.experiments.plots.style import FIGURE_FILE
from spikewright.kinds import holds

TITLES = {
    "peers": "Other programs, same law, same images",
    "peers-large": "The same on a larger network",
    "latency": "One image at a time",
    "few": "Few steps, and integer inference, beside the CNN",
    "sweeps": "What speed depends on",
    "crossover": "When does an event engine pay?",
    "limit": "The machine's limit",
    "slope": "Time follows work",
    "scale": "A million neurons",
    "startup": "The first simulation",
    "exploration": "A million design points",
}
SHOWN = {
    "peers": (
        "network",
        "steps",
        "runner",
        "version",
        "images_per_s",
        "images_per_s_min",
        "images_per_s_max",
        "times_fastest_library",
        "times_fastest_peer",
        "equal",
        "same_law",
        "predictions_differ",
        "images_with_other_counts",
        "accuracy",
        "density",
        "synaptic_operations_per_image",
        "setup_s",
        "how",
    ),
    "latency": (
        "network",
        "steps",
        "runner",
        "milliseconds",
        "milliseconds_min",
        "milliseconds_max",
        "share_of_fastest_library",
        "equal",
        "how",
    ),
    "exploration": (
        "device",
        "weight_bits",
        "physical_neurons",
        "lut_low",
        "lut",
        "lut_high",
        "synthesised_lut",
        "ff",
        "synthesised_ff",
        "blocks",
        "synthesised_blocks",
        "latency_cycles_low",
        "latency_cycles",
        "latency_cycles_high",
        "behaved_latency_cycles",
    ),
    "sweeps": ("axis", "value", "series", "runner", "images_per_s", "synaptic_operations_per_s", "density_measured"),
}
"""Columns of the page where the table has more than people read."""
INTRODUCTION = """# Benchmarks

Made by `python -m benchmarks` and `python -m benchmarks page`; do not edit. Every table was measured in one run, programs taking
turns; the line under it says on which machine.

A program counts only where its answers are those of the event engine. First on sums that float32 holds exactly (weights
rounded to integers, thresholds to powers of two): there every neuron's spikes and every output potential have to be the same, bit
for bit (`same_law`). Then on the measured images with the trained weights, where the order of a sum may move a potential by
an ulp: at most 0.1 % of the predictions, or one, may differ (`predictions_differ`; `images_with_other_counts` is the share of
images on which any neuron fired another number of times). The event engine itself is held against the reference engine.

Every program runs in the fastest form that was found for it by trial on a few images: step by step or layer by layer over all
steps, channels first or last, batch of 4 to 256, without gradients, the constant input convolved once. Only "torch, plain
loop" is as a tutorial writes it. "torch, int8" runs the 8-bit network of `event fixed` with oneDNN's products of bytes and has
to give every spike of it; in bfloat16 weights and spikes are exact, but PyTorch rounds each sum to 8 bits, so that its answers
differ: it stands there for orientation, as the CNN before conversion and the layerwise schedule, which are another computation.
sinabs and SpikingJelly are installed without what they depend on (`benchmarks/peers.txt`): only their neurons are used here,
and these need PyTorch alone.
"""
PAGE_FILE = Kind("a page of benchmarks", holds(b"Made by `python -m benchmarks`"))
FIGURES_FOLDER = FolderKind("figures of the documentation")


PENALISED = ("lenet64-mnist", "lenet64-fashion", "vgg7-cifar10-quiet")


def given() -> str:
    """What the networks of the tables were given: widths, thresholds, and what they were trained for, from their cards."""
    from spikewright.experiments.zoo import card

    cards = {name: card(name) for name in (*PENALISED, "lenet64-mnist-1of8", "vgg7-cifar10")}
    penalties = ", ".join(f"{cards[name].recipe.activity:g} for `{name}`" for name in PENALISED)
    quiet, usual = cards["vgg7-cifar10-quiet"], cards["vgg7-cifar10"]
    fewest = cards["lenet64-mnist-1of8"].recipe.activity
    return (
        "What the networks were given: `event fixed` is what `to_fixed()` makes without arguments, 8-bit weights, the others "
        "float32 unless their name says otherwise; thresholds are the 99.9th percentile of 1,000 training images, without "
        "calibration. All networks were trained with a penalty on active neurons "
        f"(`TrainRecipe.activity`: {penalties}; their pruned kin the same, but {fewest} for "
        "`lenet64-mnist-1of8`), which is what makes them quiet. The VGG-7 is "
        f"`vgg7-cifar10-quiet`: {quiet.accuracy:.1%} as a CNN after {quiet.recipe.epochs} epochs, where `vgg7-cifar10`, trained "
        f"for {usual.recipe.epochs} epochs without the penalty, has {usual.accuracy:.1%}. Accuracies are those on the images "
        "that were measured."
    ).replace("%", " %")


def write_page(results: Path, page: Path) -> None:
    """Write the page for all tables that are in `results`, and `figures` beside it.

    Raises InvalidFile when there is none, and when another page or another folder stands there.
    """
    found = [name for name in TITLES if (results / f"{name}.csv").is_file()]
    if not found:
        raise InvalidFile(f"expected tables in {results}, got none; try `python -m benchmarks` first")
    check_path(page, PAGE_FILE)
    figures = claim_folder(page.parent / "figures", FIGURES_FOLDER)
    parts = [INTRODUCTION, f"{given()}\n"]
    for name in found:
        with atomic_path(figures / f"bench-{name}.png", FIGURE_FILE) as temporary:
            shutil.copyfile(results / f"{name}.png", temporary)
        caption, machine = (results / f"{name}.txt").read_text().split("\n", 1)
        parts.append(f"## {TITLES[name]}\n\n![{TITLES[name]}](figures/bench-{name}.png)\n\n{caption}\n")
        table = table_of(results / f"{name}.csv", SHOWN.get(name.removesuffix("-large")))
        parts.append(f"{table}\n\n{' '.join(machine.split())}\n")
    with atomic_path(page, PAGE_FILE) as temporary:
        temporary.write_text("\n".join(parts))


def table_of(path: Path, columns: tuple[str, ...] | None = None) -> str:
    """A CSV file as a Markdown table with the columns named, or all of them."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise InvalidFile(f"expected rows in {path}, got none; try to run the benchmark again")
    names = [name for name in columns or rows[0] if name in rows[0]]
    lines = [" | ".join(names), " | ".join("---" for _ in names)]
    lines += [" | ".join(_shown(row[name]) for name in names) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _shown(text: str) -> str:
    """Numbers with four digits, nothing as a dash."""
    if text in ("", "None"):
        return "-"
    try:
        number = float(text)
    except ValueError:
        return text.replace("|", "/").replace("\n", " ")
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"
