"""The options of every recipe of conversion as flags; nothing heavy is imported here."""

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from spikewright.experiments.recipes import CLASSES

FLAGS = (
    "steps threshold percentile per_channel initial reset schedule neuron limit limits calibration period periods fit unit "
    "ranges margin levels input_levels integer window"
).split()
"""The options of recipes that have a flag, by the name of their field."""


def add_recipe(parser: ArgumentParser) -> None:
    """--recipe, and one flag for each option of any recipe."""
    parser.add_argument("--recipe", choices=tuple(CLASSES), default="rate", help="the code (default: rate)")
    group = parser.add_argument_group(
        "options of recipes", "Each recipe takes those that it has; another one is refused."
    )
    _numbers(group.add_argument)
    _choices(group.add_argument)


def given_options(options: Namespace) -> dict[str, Any]:
    """The recipe's options that were given, by field; "none" for a calibration is None."""
    found = {name: getattr(options, name) for name in FLAGS if getattr(options, name) is not None}
    if found.get("calibration") == "none":
        found["calibration"] = None
    if "limits" in found:
        found["limits"] = dict(found["limits"])
    if options.recipe == "few-spike":
        found["seed"] = options.seed
    return found


def _numbers(add: Callable[..., Any]) -> None:
    add("--steps", type=int, help="steps of the code (rate: 7; spike-select: 16; latency: 64; few-spike: 8)")
    told = "of the activations, for thresholds and windows (rate: in place of --threshold)"
    add("--percentile", type=float, help=told)
    add(
        "--limit",
        type=int,
        help="spikes a step (rate with --neuron burst) or a run (spike-select) (default: 4)",
    )
    add(
        "--limits",
        type=_limit,
        nargs="+",
        metavar="LAYER=N",
        help="rate with --neuron burst: another limit for some layers",
    )
    add("--period", type=int, help="phase: steps of a period (default: 8)")
    add("--periods", type=int, help="phase: how many (default: 4)")
    add("--unit", type=int, help="latency: the step in which the largest activation fires (default: 16)")
    add("--margin", type=float, help="ttfs: share by which windows exceed the samples (default: 0.1)")
    add("--levels", type=int, help="ttfs: slots of spike time in a window (default: continuous time)")
    add("--input-levels", type=int, help="levels of a pixel (default: real values)")
    add("--window", type=int, help="exact, synchronous: steps in which the image flows in (default: 1)")


def _choices(add: Callable[..., Any]) -> None:
    both = argparse.BooleanOptionalAction
    add("--threshold", choices=("mse", "max"), help="rate: how thresholds are chosen (default: mse)")
    add(
        "--per-channel",
        action=both,
        default=None,
        help="one threshold for each channel (default: where it costs nothing)",
    )
    add(
        "--initial",
        choices=("half", "shift", "zero"),
        help="potential before the first step (default: half a threshold)",
    )
    add("--reset", choices=("subtract", "zero"), help="rate: what a spike does to the potential (default: subtract)")
    add("--schedule", choices=("synchronous", "layerwise"), help="all layers in each step, or layer by layer")
    add(
        "--neuron",
        choices=("if", "signed", "burst"),
        help="rate: plain, taking spikes back, several a step (default: if)",
    )
    add(
        "--calibration", choices=("none", "light", "advanced"), help="rate: corrections on the samples (default: light)"
    )
    add("--fit", choices=("binary", "learned"), help="few-spike: weights of the spikes (default: binary)")
    add("--ranges", choices=("data", "least-squares", "interval"), help="ttfs: where windows are from (default: data)")
    add("--integer", action=both, default=None, help="quantized: integers from the image to the logits")


def _limit(text: str) -> tuple[str, int]:
    name, _, count = text.rpartition("=")
    if not name or not count.isdecimal():
        raise argparse.ArgumentTypeError(f"expected LAYER=N such as conv1=2, got {text!r}")
    return name, int(count)
