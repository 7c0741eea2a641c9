"""What SpikingJelly's own converter makes of a CNN, neurons between factors, becomes a network that answers alike."""

from typing import Any

import pytest
import torch
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn import simulate
from spikewright.snn.interop.spikingjelly import from_spikingjelly

pytest.importorskip("spikingjelly.activation_based.neuron")
from spikingjelly.activation_based import ann2snn, functional
from spikingjelly.activation_based.ann2snn.modules import ChannelVoltageScaler

STEPS = 12
BODIES: dict[str, Any] = {
    "ends in neurons": lambda: [
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 5),
        nn.ReLU(),
    ],
    "ends in sums": lambda: [nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(64, 5)],
    "batch norm": lambda: [
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Conv2d(4, 3, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(48, 5),
    ],
    "sequence": lambda: [
        nn.Flatten(),
        nn.Linear(64, 9),
        nn.ReLU(),
        nn.Linear(9, 7),
        nn.ReLU(),
        nn.Linear(7, 5),
        nn.ReLU(),
    ],
}


@pytest.mark.parametrize(
    "options", [{}, {"mode": "99%"}, {"mode": 0.5}, {"channel_wise": True}, {"half_threshold": True}], ids=str
)
@pytest.mark.parametrize("body", BODIES)
def test_a_converted_cnn_answers_alike(body: str, options: dict[str, Any]) -> None:
    torch.manual_seed(0)
    ann = nn.Sequential(*BODIES[body]()).eval()
    data = [(torch.rand(16, 1, 8, 8), torch.zeros(16))]
    made = ann2snn.Converter(ann2snn.RateCodingRecipe(dataloader=data, **options)).convert(ann).eval()
    x = torch.rand(6, 1, 8, 8)
    functional.reset_net(made)
    with torch.no_grad():
        theirs = sum(made(x) for _ in range(STEPS))
    functional.reset_net(made)
    network = from_spikingjelly(made, (1, 8, 8), STEPS)
    ours = simulate(network, x.numpy()).logits * network.logit_scale
    torch.testing.assert_close(torch.from_numpy(ours).float(), theirs, rtol=1e-4, atol=1e-3)
    assert any("Scaler" in row.kind for row in network.report)


def test_a_factor_for_another_axis_is_refused_by_name() -> None:
    from spikingjelly.activation_based import neuron

    module = nn.Sequential(
        nn.Conv2d(1, 4, 3), ChannelVoltageScaler(torch.rand(6) + 0.1, channel_dim=2), neuron.IFNode()
    )
    with pytest.raises(
        InvalidNetwork, match=r"'1': expected a scale for each channel \(channel_dim=1\), got channel_dim=2"
    ):
        from_spikingjelly(module.eval(), (1, 8, 8), STEPS)
