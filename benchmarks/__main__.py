"""`python -m benchmarks [--network NAME] [--data FOLDER]`: the event engine against the same network stepped in PyTorch."""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import experiments
from benchmarks.machine import machine
from benchmarks.stepped import Stepped
from conversion import Rate, convert
from experiments.data import load_dataset
from snn import Network, simulate
from spikewright import SpikewrightError, Table


def main() -> int:
    """Run, print the table, and fail when answers differ."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    try:
        return _compare(options)
    except SpikewrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _compare(options: argparse.Namespace) -> int:
    card = experiments.card(options.network)
    data = load_dataset(card.dataset, options.data)
    images, labels = data.test_images[: options.images], data.test_labels[: options.images]
    model = experiments.load(options.network)
    network = convert(model, torch.from_numpy(data.train_images[:1000]), Rate(steps=options.steps))
    print(machine())
    dense = _accuracy(model, images, labels)
    print(f"{options.network}: {len(images)} test images, {options.steps} steps, dense model {dense:.2%}")
    table, answers = _measure(_runners(network), images, labels, options.repeats)
    print(table)
    agreement = float(np.mean(answers["event float32"] == answers["torch, plain loop"]))
    print(f"predictions of event float32 and torch agree on {agreement:.2%}")
    return 0 if agreement >= 0.999 else 1


def _runners(network: Network) -> dict[str, Callable[[np.ndarray], Any]]:
    fixed = network.to_fixed()
    plain, hoisted = Stepped(network, hoist=False), Stepped(network, hoist=True)
    return {
        "torch, plain loop": plain.logits,
        "torch, constant input hoisted": hoisted.logits,
        "event float32": lambda images: simulate(network, images),
        "event fixed": lambda images: simulate(fixed, images),
    }


def _measure(
    runners: dict[str, Callable[[np.ndarray], Any]], images: np.ndarray, labels: np.ndarray, repeats: int
) -> tuple[Table, dict[str, np.ndarray]]:
    """Seconds for all images, the runners taking turns; the median counts."""
    seconds: dict[str, list[float]] = {name: [] for name in runners}
    answers, rows = {}, []
    for run in runners.values():
        run(images[:250])
    for _ in range(repeats):
        for name, run in runners.items():
            start = time.perf_counter()
            answers[name] = run(images)
            seconds[name].append(time.perf_counter() - start)
    slowest = float(np.median(seconds["torch, plain loop"]))
    for name, answer in answers.items():
        middle = float(np.median(seconds[name]))
        activity = None if isinstance(answer, np.ndarray) else answer
        answers[name] = answer.argmax(1) if activity is None else activity.predictions
        operations = None if activity is None else float(sum(v.mean() for v in activity.synaptic_operations.values()))
        rows.append(
            {
                "runner": name,
                "seconds": middle,
                "images_per_s": len(images) / middle,
                "times_plain_loop": slowest / middle,
                "accuracy": float(np.mean(answers[name] == labels)),
                "synaptic_operations_per_image": operations,
            }
        )
    return Table.of(rows), answers


def _accuracy(model: torch.nn.Module, images: np.ndarray, labels: np.ndarray) -> float:
    with torch.inference_mode():
        return float(np.mean(model(torch.from_numpy(images)).argmax(1).numpy() == labels))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--network", default="small-digits", help="a network of the zoo (default: %(default)s)")
    parser.add_argument("--data", help="folder with the data set, where it is not built in")
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--images", type=int, default=10_000, help="at most so many test images")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2, help="threads of torch; NUMBA_NUM_THREADS sets the engine's")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
