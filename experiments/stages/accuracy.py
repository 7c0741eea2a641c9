"""What a model or a spiking network gets right on the whole test split, and what its activity is."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Activity, Network


OF_MODELS = ("accuracy", "low", "high", "samples")
OF_NETWORKS = (*OF_MODELS, "steps", "spikes_per_neuron", "synaptic_operations")
"""Columns of numbers in the table of accuracies."""


def model_accuracy(model: Any, dataset: "Dataset", name: str) -> dict[str, Any]:
    """Accuracy of a model on the whole test split, with its 95 % interval."""
    from spikewright.compress import accuracy

    model.eval()
    samples = len(dataset.test_labels)
    right = round(accuracy(model, (dataset.test_images, dataset.test_labels)) * samples)
    return {"network": name, "kind": "ANN", **_share(right, samples)}


def network_accuracy(network: "Network", activity: "Activity", labels: Any, name: str) -> dict[str, Any]:
    """Accuracy of a spiking network with its 95 % interval, spikes per hidden neuron and synaptic operations.

    Raises InvalidInput for labels that are no class of the network.
    """
    from spikewright.snn.traits import is_quantised

    hidden = [p.name for p in network.populations if p.name not in (network.input, network.output)]
    neurons = sum(activity.neurons[name] for name in hidden)
    spikes = sum(float(activity.spikes[name].mean()) for name in hidden)
    return {
        "network": name,
        "kind": "integer CNN" if is_quantised(network) else "SNN",
        **_share(round(activity.accuracy(labels) * len(labels)), len(labels)),
        "numbers": network.numbers,
        "steps": network.steps,
        "spikes_per_neuron": spikes / neurons if neurons else 0.0,
        "synaptic_operations": sum(float(count.mean()) for count in activity.synaptic_operations.values()),
        "engine": activity.engine,
    }


def activity_rows(network: "Network", activity: "Activity") -> list[dict[str, Any]]:
    """One row for each population: neurons, spikes of a neuron and an inference, operations into it."""
    return [
        {
            "population": p.name,
            "neurons": p.size,
            "spikes": activity.spikes[p.name].mean(),
            "spikes_per_neuron": activity.spikes_per_neuron[p.name],
            "synaptic_operations": sum(activity.synaptic_operations[q.name].mean() for q in network.incoming[p.name]),
        }
        for p in network.order
    ]


def _share(right: int, samples: int) -> dict[str, Any]:
    from spikewright.shares import wilson

    low, high = wilson(right, samples)
    return {"accuracy": right / samples, "low": low, "high": high, "samples": samples}
