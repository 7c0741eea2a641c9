"""A full activation: measured, or what the activation itself says."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import QuantizedReLU, quantize
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.recipes.full_scales import measured_top, own_scale, scale_counts, scales, span_of
from tests.conversion.reading.helpers import plan_for

X = torch.rand(40, 1, 6, 6, generator=torch.Generator().manual_seed(0))


def chain(activation: nn.Module) -> nn.Sequential:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), activation, nn.Flatten(), nn.Linear(48, 2))
    with torch.no_grad():
        model[0].weight.abs_()
        model[0].bias.abs_()
    return model


def test_the_largest_activation_of_each_channel_or_layer() -> None:
    model = chain(nn.ReLU())
    plan, values = plan_for(model, 1, 6, 6), model.float()[:2](X).detach().numpy()
    channels = scales(plan, X, 100.0, None)["_0"].top
    np.testing.assert_allclose(channels, values.max((0, 2, 3)), rtol=1e-6)
    assert scales(plan, X, 100.0, False)["_0"].top == pytest.approx(float(values.max()))
    assert "per channel" in span_of(channels) and "per layer" in span_of(np.asarray(2.0))


def test_levels_and_limits_come_from_the_activation() -> None:
    staircase = plan_for(chain(QuantizedReLU(7, 0.5)), 1, 6, 6)
    own = own_scale(staircase.hidden[0])
    assert own.levels == 7 and float(own.top) == 0.5 and not scale_counts(staircase, None)
    limited = plan_for(chain(nn.Hardtanh(0.0, 0.25)), 1, 6, 6).hidden[0]
    assert measured_top(limited, np.array([0.1, 0.2, 0.9]))[0].max() == 0.25


def test_integers_that_read_a_layer_keep_one_scale() -> None:
    data = (X, torch.zeros(40, dtype=torch.int64))
    plan = plan_of(quantize(chain(nn.ReLU()), 4, data), X)
    assert scale_counts(plan, None) == {plan.hidden[0].node: 1}
    with pytest.raises(InvalidInput, match="try per_channel=None"):
        scale_counts(plan, True)
