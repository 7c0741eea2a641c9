"""The model, its exact rewrite and the spiking network side by side."""

from typing import Any

import numpy as np
import torch

from compress import accuracy, check_data
from compress.graph import plain_copy
from conversion.convert import rewritten
from snn import Network, simulate
from spikewright import Table


def compare(model: Any, network: Network, images: Any, labels: Any) -> Table:
    """Accuracy and agreement of the model, of its rewrite and of `network`, on `images (n, C, H, W)`, `labels (n,)`.

    Columns: network, accuracy, agreement (share of predictions equal to the model's), largest_logit_error (in the
    model's units) and spikes_per_neuron (hidden populations). Raises InvalidInput for data that do not fit.
    """
    data = check_data((images, labels))
    original = plain_copy(model)
    truth = _logits(original, data[0])
    folded = rewritten(model, data[0][:1])
    activity = simulate(network, data[0].numpy())
    spiking = torch.from_numpy(activity.logits * network.logit_scale)
    hidden = {p.name for p in network.populations} - {network.input, network.output}
    neurons = sum(activity.neurons[name] for name in hidden)
    spikes = sum(float(np.mean(activity.spikes[name])) for name in hidden)
    return Table.of(
        [
            {"network": "model", "accuracy": accuracy(original, data), **_against(truth, truth)},
            {"network": "rewritten", "accuracy": accuracy(folded, data), **_against(_logits(folded, data[0]), truth)},
            {
                "network": "spiking",
                "accuracy": activity.accuracy(data[1].numpy()),
                **_against(spiking, truth),
                "spikes_per_neuron": spikes / neurons if neurons else 0.0,
            },
        ]
    )


def _logits(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([model(part) for part in torch.split(images, 256)]).double()


def _against(logits: torch.Tensor, truth: torch.Tensor) -> dict[str, float]:
    same = (logits.argmax(1) == truth.argmax(1)).double().mean()
    return {"agreement": float(same), "largest_logit_error": float((logits - truth).abs().max())}
