"""Networks of timm with gates, smooth activations and layer norms: once adapted, nothing is in the way of convert or hardware."""

import pytest
import torch

from spikewright.compress import AdaptSettings, TrainSettings, adapt
from spikewright.conversion import Rate, obstacles

NONE = AdaptSettings(step_epochs=0, training=TrainSettings(epochs=0), calibration=6, held_out=0.2)


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "lcnet_050", "regnety_002", "ghostnet_050", "convnext_atto"])
def test_no_obstacle_is_left(name: str) -> None:
    timm = pytest.importorskip("tests.reach.libraries", reason="timm is an extra of the tests").timm
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model, images = timm.create_model(name, num_classes=10).eval(), torch.rand(8, 3, 32, 32)
    assert obstacles(model, images[:3], Rate(steps=4))
    made = adapt(model, (images, None), for_hardware=True, settings=NONE)
    assert obstacles(made, images[:3], Rate(steps=4)) == ()
