"""The arguments that several commands have, and the numbers that arguments may be. Nothing heavy is imported here."""

import argparse
import math
import re
from collections.abc import Callable
from pathlib import Path

from spikewright.experiments.cli.flags import Flag, TableFlags, flag
from spikewright.files import readable
from spikewright.importing import nearest

READ = ("file", "files", "network", "weights", "transfer_from")
"""Arguments that are files to read."""
RECIPE = TableFlags("recipe")
ATTACK = TableFlags("attack", also={"steps": "--pgd-steps"})
COMPRESS = TableFlags("stage", ("compress",), ("sparsity", "bits", "activation_bits", "images", "rounds", "round_epochs",
    "final_epochs", "quantize_epochs"), {"quantize_epochs": "--epochs"})  # fmt: skip
ADAPT = TableFlags("method", ("adapt",), ("for_hardware", "one_by_one", "step_epochs", "temperature", "labels", "calibration",
    "checkpoint"))  # fmt: skip
TRAINING = TableFlags("training")
DEVICE = TableFlags("stage", ("hardware",), ("device", "clock_mhz"))
COSTS = TableFlags("stage", ("costs",), ("lanes", "match", "device", "clock_mhz", "timed", "weight_bits", "samples"))
EXPORT = TableFlags("stage", ("hardware",), ("device", "clock_mhz", "best_by", "golden"))


def whole(low: int = 1, high: int = 2**63 - 1) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`; raises what argparse makes a sentence of for others."""

    def read(text: str) -> int:
        value = int(text) if re.fullmatch(r"\s*[+-]?\d{1,30}\s*", text) else None
        if value is None or not low <= value <= high:
            upper = f"to {high:,}" if high < 2**63 - 1 else "to 2**63 - 1"
            raise argparse.ArgumentTypeError(f"expected a whole number from {low:,} {upper}, got {text!r:.60}")
        return value

    return read


def number(low: float = -math.inf) -> Callable[[str], float]:
    """Reads a finite number of at least `low`; raises what argparse makes a sentence of for others."""

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found) or found < low:
            told = "a number" if low == -math.inf else f"a number of at least {low:g}"
            raise argparse.ArgumentTypeError(f"expected {told}, got {text!r:.60}")
        return found

    return read


def bound(text: str) -> tuple[str, float]:
    """Reads "column=number"; raises what argparse makes a sentence of for others."""
    name, given, value = text.partition("=")
    if not (given and name.strip()):
        raise argparse.ArgumentTypeError(f"expected a column and a number, got {text!r:.60}; try lut=20000")
    return name.strip(), number()(value)


def check_read(options: argparse.Namespace) -> None:
    """Raise InvalidFile unless every file that a command is to read is there, before anything heavy is loaded for it."""
    for name in READ:
        given = getattr(options, name, None) or ()
        for path in given if isinstance(given, list) else (given,) if given else ():
            readable(path)


def dataset(told: str = "the one that the file was made with") -> tuple[Flag, ...]:
    """A data set, and where its files are."""
    return flag(
        "--dataset", metavar="NAME", told=f"a name, or your own FILE.npz or package.module:function (default: {told})"
    ), DATA


def images(default: int | None = None) -> Flag:
    """How many test images are used."""
    return flag(
        "--images",
        type=whole(),
        default=default,
        told="first test images to use" + ("" if default else " (default: all)"),
    )


def out(default: str) -> tuple[Flag, ...]:
    """The file or files that a command writes."""
    return (
        flag("--out", type=Path, default=Path(default), told="what to write"),
        flag("--force", action="store_true", told="replace files at --out that this command did not write"),
    )


def folder(default: str, told: str) -> Flag:
    """The folder that a command writes."""
    return flag("--out", type=Path, default=Path(default), told=told)


DESIGNS = ("fully-parallel", "time-multiplexed", "hybrid", "best")


def design(default: str) -> Flag:
    """Which design point of a network is built: by the name of an architecture, or by physical neurons of each layer."""
    told = (
        f"architecture ({', '.join(DESIGNS)}), or the physical neurons of each layer as explore lists them, such as 16/8/10;"
        " 4x2x2 is 4 channels at 2 rows and 2 columns"
    )
    return flag("--design", type=design_name, metavar="NAME", default=default, told=told)


def design_name(text: str) -> str:
    """A name of DESIGNS, or physical neurons by layer; raises what argparse makes a sentence of for others."""
    if text in DESIGNS or re.fullmatch(r"[1-9]\d{0,9}(x[1-9]\d{0,9}){0,2}(/[1-9]\d{0,9}(x[1-9]\d{0,9}){0,2})*", text):
        return text
    names = ", ".join(DESIGNS)
    near = nearest(text, DESIGNS)
    way = f"; try {near}" if near else ""
    raise argparse.ArgumentTypeError(
        f"expected one of {names}, or physical neurons such as 16/8/10, got {text!r:.60}{way}"
    )


DATA = flag("--data", type=Path, metavar="FOLDER", told="the data set's files; without it they are downloaded")
FACTORY = flag(
    "--model", metavar="PACKAGE.MODULE:FACTORY", told="your own model, also from the working folder, or an ONNX file"
)
SOURCE = (
    flag("file", type=Path, nargs="?", told="the file that train or compress wrote"),
    FACTORY,
    flag("--weights", type=Path, told="your own model's weights: safetensors, or a state dict (.pt)"),
    flag(
        "--output",
        metavar="NAME",
        told="of a model or an ONNX file with several outputs the one to take, by name or place",
    ),
    *dataset(),
)
SAMPLES = flag("--samples", type=whole(), default=500, told="training images that show the ranges")
WORKERS = (
    flag("--workers", type=whole(1, 1024), default=1, metavar="N", told="processes of this machine that make cells side by side"),
    flag("--dask", type=whole(1, 1024), nargs="?", const=0, metavar="N", told="a Dask cluster of N processes on this machine "
         "instead; without N as many as there is work for, up to the processors (needs spikewright[dask])"),
    flag("--scheduler", metavar="tcp://HOST:PORT", told="the workers of a Dask scheduler that runs, here or elsewhere, instead "
         "(needs spikewright[dask])"),
)  # fmt: skip
FIXED = flag("file", type=Path, told="a fixed-point network that convert wrote")
LANES = flag(
    "--lanes",
    type=whole(),
    metavar="N",
    told="channel lanes in each layer, or as many as it has channels, instead of --design",
)
RUN = flag("folder", type=Path, told="the folder of a study that has been run")
LOADS = flag("--loads", action="store_true", told="weights can be filled at run time, through a stream of the core")
WIDE = flag("--wide", action="store_true", told="show all columns of a table, however wide the terminal")
COMMON = (
    flag("--seed", type=whole(0), default=0, told="seed of everything that is drawn"),
    flag("--quiet", action="store_true", told="show no progress"),
)
