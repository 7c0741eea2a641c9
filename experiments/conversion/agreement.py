"""Is what a conversion says of itself true? Its verdict on a few images beside the agreement on the whole test set.

    python -m spikewright.experiments.conversion.agreement --data FOLDER --network lenet5-mnist lenet5-fashion vgg7-cifar10

For each network of the zoo and number of steps: `Rate(steps)` is converted from training images and judged on the first test
images; then all test images are run, and those that follow the judged ones alone. Rows are kept: a second call goes on.
"""

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Table
from spikewright.experiments.conversion.rows import Rows, Values, add_output, add_sources, run, tested_network

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset

SAMPLES = 512
"""Training images that the network is made on."""
STEPS = (4, 8, 16, 32)
CHUNK = 500


def foretold(model: Any, data: "Dataset", steps: int, judged: int) -> Values:
    """The verdict on `judged` test images and what the test set says: `agreement` of all, `agreement_after` of the others;
    `inside`, `inside_after`: whether these lie in the interval of the verdict."""
    from spikewright.conversion import Rate, convert

    network = convert(model, data.train_images[:SAMPLES], Rate(steps), judge=data.test_images[:judged])
    verdict = network.report.verdict
    if verdict is None:
        return {"steps": steps, "said": None}
    low, high = verdict.seen.interval
    agreed = same_answers(model, network, data.test_images)
    whole, after = float(agreed.mean()), float(agreed[judged:].mean())
    return {
        "steps": steps,
        "said": verdict.seen.share,
        "low": low,
        "high": high,
        "agreement": whole,
        "agreement_after": after,
        "inside": low <= whole <= high,
        "inside_after": low <= after <= high,
        "worst": verdict.worst,
        "enough": verdict.enough,
    }


def same_answers(model: Any, network: Any, images: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether network and model answer alike, for each image."""
    import torch

    from spikewright.snn import simulate

    parts = []
    with torch.no_grad():
        for start in range(0, len(images), CHUNK):
            batch = images[start : start + CHUNK]
            expected = model(torch.as_tensor(batch)).argmax(1).numpy()
            parts.append(simulate(network, batch).predictions == expected)
    return np.concatenate(parts)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns the exit code, 2 after bad input."""
    parser = argparse.ArgumentParser(prog="python -m spikewright.experiments.conversion.agreement", description=__doc__)
    add_sources(parser, network="lenet5-mnist")
    parser.add_argument(
        "--steps", type=int, nargs="*", default=list(STEPS), help="lengths of the run (default: 4 8 16 32)"
    )
    parser.add_argument(
        "--judged", type=int, default=1000, help="test images that the verdict is seen on (default: 1000)"
    )
    add_output(parser, "runs/foretold")
    return run(parser.parse_args(arguments), _tables)


def _tables(options: argparse.Namespace, rows: Rows) -> int:
    for name in options.network:
        found = tested_network(name, options)
        table: list[Values] = []
        for steps in options.steps:
            rows.progress(f"{name}: steps", len(table), len(options.steps))
            asked = {**found.asked, "samples": SAMPLES, "steps": steps, "judged": options.judged}
            measure = partial(foretold, found.model, found.data, steps, options.judged)
            table.append(rows.row(f"{name}-{steps}-steps", asked, measure))
        print(f"{name}:", Table.of(table), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
