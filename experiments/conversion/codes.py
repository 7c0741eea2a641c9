"""What each code costs: accuracy, steps, spikes and synaptic operations of the same networks under every recipe, in one table.

    python -m experiments.conversion.codes --data FOLDER --network small-digits lenet5-mnist

Rate and burst counts, weighted phases, few spikes, SpikeSelect, exact spike times and the older lossy ones, each at settings
that are of use; the model itself stands in the first row. Two rows are worth a look beside each other at equal information.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Progress, SpikewrightError, Table, atomic_path, silent

if TYPE_CHECKING:
    from conversion import Recipe
    from experiments.data import Dataset

SAMPLES = 1000
CHUNK = 250


def recipes() -> Mapping[str, "Recipe"]:
    """The codes of the table by their name."""
    from conversion import FewSpike, Latency, Phase, Rate, SpikeSelect, Ttfs

    return {
        "rate, 8 steps": Rate(8),
        "rate, 32 steps": Rate(32),
        "bursts of 4, 8 steps": Rate(8, neuron="burst"),
        "weighted phase, 4 periods of 8": Phase(8, 4),
        "weighted phase, 16 periods of 8": Phase(8, 16),
        "few spikes, 8 binary": FewSpike(8),
        "few spikes, 4 binary": FewSpike(4),
        "few spikes, 4 learned": FewSpike(4, "learned"),
        "few spikes, 2 learned": FewSpike(2, "learned"),
        "SpikeSelect, 8 of 64": SpikeSelect(64, 8),
        "SpikeSelect, 2 of 64": SpikeSelect(64, 2),
        "TTFS, exact": Ttfs(),
        "TTFS, 8 bits": Ttfs("least-squares", levels=255, input_levels=255),
        "TTFS, 4 bits": Ttfs("least-squares", levels=15, input_levels=15),
        "latency, 64 steps": Latency(64, 4),
        "latency, 256 steps": Latency(256, 16),
    }


def measure(
    name: str, model: Any, data: "Dataset", chosen: Mapping[str, "Recipe"], *, progress: Progress = silent
) -> Table:
    """A row for each recipe; what refuses a network is told in the column `refused`.

    Columns: steps (of the run; of a layer where it is layerwise; 1 window in time codes), latency_steps (until the answer
    stands), accuracy, agreement with the model, spikes_per_neuron (hidden, a whole run), synaptic_operations (an image).
    """
    from conversion import Unconvertible, convert
    from experiments.train import predict

    truth = predict(model, data.test_images)
    rows: list[dict[str, Any]] = [
        {"network": name, "code": "model", "accuracy": float(np.mean(truth == data.test_labels)), "agreement": 1.0}
    ]
    for done, (code, recipe) in enumerate(chosen.items()):
        progress(name, done, len(chosen))
        try:
            network = convert(model, data.train_images[:SAMPLES], recipe)
        except Unconvertible as error:
            rows.append({"network": name, "code": code, "refused": str(error)})
            continue
        rows.append({"network": name, "code": code, **_run(network, data, truth)})
    progress(name, len(chosen), len(chosen))
    return Table.of(rows)


def _run(network: Any, data: "Dataset", truth: Any) -> dict[str, Any]:
    from snn import simulate

    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    depth = len(network.order) - 1
    spikes = operations = 0.0
    predictions = []
    for start in range(0, len(truth), CHUNK):
        activity = simulate(network, data.test_images[start : start + CHUNK])
        predictions.append(activity.predictions)
        spikes += float(sum(activity.spikes[p.name].sum() for p in hidden))
        operations += float(sum(count.sum() for count in activity.synaptic_operations.values()))
    predicted, count = np.concatenate(predictions), len(truth)
    one_after_another = network.schedule == "layerwise" or activity.axis == "window"
    return {
        "accuracy": float(np.mean(predicted == data.test_labels)),
        "agreement": float(np.mean(predicted == truth)),
        "steps": network.steps,
        "latency_steps": network.steps * (depth if one_after_another else 1),
        "spikes_per_neuron": spikes / (count * sum(p.size for p in hidden)),
        "synaptic_operations": operations / count,
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns the exit code, 2 after bad input."""
    options = _parser().parse_args(arguments)
    try:
        tables = [_table(name, options) for name in options.network]
        if options.output is not None:
            with atomic_path(options.output / "codes.json") as temporary:
                temporary.write_text(json.dumps([row for table in tables for row in table], indent=2) + "\n")
        return 0
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 2


def _table(name: str, options: argparse.Namespace) -> Table:
    from experiments import zoo
    from experiments.data import load_dataset

    source = zoo.card(name).dataset
    data = load_dataset(source, options.data).first(test=options.images)
    table = measure(name, zoo.load(name), data, recipes(), progress=_show)
    print(table, f"{len(data.test_labels):,} test images of {source}", sep="\n", flush=True)
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m experiments.conversion.codes", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the data sets; without it, they are downloaded")
    parser.add_argument("--network", nargs="+", default=["small-digits"], help="networks of the zoo")
    parser.add_argument("--images", type=int, help="use only so many test images")
    parser.add_argument("--output", type=Path, help="folder for codes.json")
    return parser


def _show(stage: str, done: int, total: int) -> None:
    print(f"{stage}: {done} of {total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
