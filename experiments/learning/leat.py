"""LEAT's golden case: an MLP whose input is rate-coded with jittered periods and which stops when a class leads.

`python -m spikewright.experiments.learning.leat --data FOLDER` runs the 784-300-10 network of the zoo on MNIST.
Published: 95.37 % with N2D2's JitteredPeriodic input and TerminateDelta of 4 (Abderrahmane et al., Neural Networks 2020).
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import InvalidInput, InvalidNetwork, SpikewrightError, Table
from spikewright.snn import IF, Activity, Integrator, JitteredPeriodic, Network, TerminateDelta, simulate


@dataclass(frozen=True)
class EarlyDecision:
    """Most `steps`, mean period `shortest` of a white pixel in steps, the `lead` that ends a run, and the seed of the jitter."""

    steps: int = 300
    shortest: float = 1.0
    lead: float = 4.0
    seed: int = 0


def early_deciding(network: Network, samples: Any, setting: EarlyDecision) -> Network:
    """A rate network with a potential readout as one that counts output spikes and decides early.

    The output population becomes IF. Its threshold is the mean over `samples (n, *input shape)` of the largest logit:
    the right class then fires about once in a step of full rate, and one spike is one unit of evidence. A white pixel fires
    every `shortest` steps, so currents are those of the rate network divided by it, and so are thresholds and biases.
    Raises InvalidNetwork without an Integrator at the output, InvalidInput when no logit is positive.
    """
    output = network.by_name[network.output]
    if not isinstance(output.neuron, Integrator) or network.numbers != "float32":
        raise InvalidNetwork(
            "expected a float32 network whose output is an Integrator; try convert(model, samples, Rate(...))"
        )
    largest = float(np.mean(simulate(network, samples).logits.max(axis=1)) / network.steps)
    if not largest > 0:
        raise InvalidInput(f"expected logits above zero on the samples, got a mean largest logit of {largest:.3g}")
    populations = []
    for population in network.populations:
        if population.name == network.output:
            population = replace(population, neuron=IF(largest), initial=0.0)
        populations.append(_slower(population, setting.shortest))
    return replace(
        network,
        populations=tuple(populations),
        code=JitteredPeriodic(setting.steps, setting.shortest, longest=1e6, seed=setting.seed),
        readout="count",
        decision=TerminateDelta(setting.lead),
        logit_scale=1.0,
    )


def _slower(population: Any, shortest: float) -> Any:
    """A population whose inputs come `shortest` times more rarely: the bias of a step is that much smaller."""
    return replace(population, bias=np.asarray(population.bias, np.float32) / np.float32(shortest))


def row(name: str, activity: Activity, labels: Any) -> dict[str, Any]:
    """Accuracy, latency and work of a run, for a table."""
    inner = [count for population, count in activity.spikes.items() if population != "input"]
    return {
        "run": name,
        "accuracy": activity.accuracy(labels),
        "mean_steps": float(activity.decision_step.mean()),
        "undecided": float(np.mean(activity.decision_step == activity.steps)),
        "input_spikes": float(activity.spikes["input"].mean()),
        "other_spikes": float(sum(count.mean() for count in inner)),
        "synaptic_operations": float(sum(count.mean() for count in activity.synaptic_operations.values())),
    }


def main(arguments: list[str] | None = None) -> int:
    """Convert, run with and without early decision, print; returns the exit code, 2 after bad input."""
    options = _parser().parse_args(arguments)
    try:
        print(_run(options))
        return 0
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spikewright.experiments.learning.leat", description=__doc__)
    parser.add_argument("--network", default="mlp300-mnist", help="a network of the zoo (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="folder with the data set, where it is not built in")
    parser.add_argument("--steps", type=int, default=300, help="most steps (default: %(default)s)")
    parser.add_argument("--lead", type=float, default=4.0, help="spikes of lead that end a run (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds of the jitter (default: %(default)s)")
    return parser


def _run(options: argparse.Namespace) -> str:
    import torch

    from spikewright import experiments
    from spikewright.conversion import Rate, convert
    from spikewright.experiments.data.load import load_dataset

    card = experiments.card(options.network)
    data, model = load_dataset(card.dataset, options.data), experiments.load(options.network)
    samples = data.train_images[:1000]
    network = convert(model, torch.from_numpy(samples), Rate(steps=32, percentile=99.9, calibration=None))
    with torch.inference_mode():
        right = model(torch.from_numpy(data.test_images)).argmax(1).numpy() == data.test_labels
    rows: list[dict[str, Any]] = [{"run": "CNN", "accuracy": float(right.mean())}]
    for seed in range(options.seeds):
        setting = EarlyDecision(options.steps, lead=options.lead, seed=seed)
        early = early_deciding(network, samples, setting)
        rows.append(row(f"seed {seed}, lead {options.lead:g}", simulate(early, data.test_images), data.test_labels))
    fixed = early.to_fixed()
    rows.append(row(f"seed {seed}, fixed point", simulate(fixed, data.test_images), data.test_labels))
    return f"{Table.of(rows)}\n{len(data.test_labels):,} test images of {card.dataset}, at most {options.steps} steps"


if __name__ == "__main__":
    raise SystemExit(main())
