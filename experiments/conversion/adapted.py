"""Networks of the zoo without a spiking form: adapted, converted, and estimated for hardware.

    python -m spikewright.experiments.conversion.adapted --data FOLDER
    python -m spikewright.experiments.conversion.adapted --data FOLDER --unlabelled --epochs 3

What convert refuses and max pooling are replaced and the child is trained on the training images, judged by the test images.
Each result is kept in the output folder as soon as it is measured, and the training after each epoch: a second call goes on.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Table
from spikewright.experiments.conversion.rows import (
    Rows,
    TestedNetwork,
    Values,
    add_output,
    add_sources,
    run,
    tested_network,
)

if TYPE_CHECKING:
    from spikewright.compress.adapting.report import Adapted
    from spikewright.snn import Network

SAMPLES = 512
DEVICE = "xc7a100t"


def measure(found: TestedNetwork, options: argparse.Namespace, rows: Rows) -> Values:
    """Adapt the network, and what is right of the test images before and after, as a CNN, in spikes, in integers; its cost."""
    adapted = _adapted(found, options, rows)
    report = adapted.report
    told = {
        "original": report.original,
        "untrained": report.untrained,
        "adapted": report.adapted,
        "agreement": report.agreement,
        "replacements": list(report.table),
    }
    return {**told, **_spiking(adapted, found, options.steps)}


def _adapted(found: TestedNetwork, options: argparse.Namespace, rows: Rows) -> "Adapted":
    from spikewright.compress import AdaptSettings, TrainSettings, adapt, save

    data = found.data
    labels = None if options.unlabelled else data.train_labels
    test = (data.test_images, None if options.unlabelled else data.test_labels)
    settings = AdaptSettings(
        step_epochs=options.step_epochs,
        training=TrainSettings(epochs=options.epochs, lr=3e-3, batch_size=128, seed=options.seed),
        test=test,
        checkpoint=Path(options.output) / f"{found.name}-adapting",
    )
    made = adapt(found.model, (data.train_images, labels), for_hardware=True, settings=settings, progress=rows.progress)
    save(made, Path(options.output) / f"{found.name}-adapted.safetensors")
    return made


def _spiking(adapted: "Adapted", found: TestedNetwork, steps: int) -> Values:
    """Accuracy of the spiking networks, float and fixed point, and the estimate of the cheapest design."""
    from spikewright.conversion import Rate, Ttfs
    from spikewright.conversion.converting import convert
    from spikewright.hardware import explore
    from spikewright.snn import simulate

    data = found.data
    samples = data.train_images[:SAMPLES]
    rate, timed = convert(adapted, samples, Rate(steps)), convert(adapted, samples, Ttfs())
    fixed = rate.to_fixed()
    activity = simulate(fixed, data.test_images)
    best = min(explore([(fixed, activity)], device=DEVICE).table, key=lambda row: row["fpga_energy_uj"])
    return {
        f"rate_{steps}": _right(rate, data.test_images, data.test_labels),
        f"rate_{steps}_fixed": activity.accuracy(data.test_labels),
        "ttfs": _right(timed, data.test_images, data.test_labels),
        "device": DEVICE,
        **{name: best[name] for name in ("lut", "block_ram", "latency_us", "fpga_energy_uj") if name in best},
    }


def _right(network: "Network", images: Any, labels: Any) -> float:
    from spikewright.snn import simulate

    return float(simulate(network, images).accuracy(labels))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the tables; returns the exit code, 2 after bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m spikewright.experiments.conversion.adapted",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_sources(parser, network="gated-fashion")
    parser.add_argument("--steps", type=int, default=16, help="of the rate code (default: 16)")
    parser.add_argument(
        "--step-epochs", type=int, default=1, help="training after each replacement but the last (default: 1)"
    )
    parser.add_argument("--epochs", type=int, default=5, help="training after the last one (default: 5)")
    parser.add_argument("--unlabelled", action="store_true", help="learn from the original alone, without labels")
    parser.add_argument("--train", type=int, help="use the first so many training images (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the images (default: 0)")
    add_output(parser, "runs/adapted")
    return run(parser.parse_args(arguments), _tables)


def _tables(options: argparse.Namespace, rows: Rows) -> int:
    for name in options.network:
        found = tested_network(name, options, train=options.train)
        settings = {
            key: getattr(options, key) for key in ("steps", "step_epochs", "epochs", "unlabelled", "train", "seed")
        }
        values = rows.row(f"adapted-{name}", {**found.asked, **settings}, partial(measure, found, options, rows))
        whole = {key: value for key, value in values.items() if not isinstance(value, list)}
        print(Table.of(values["replacements"]), Table.of([{"network": name, **whole}]), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
