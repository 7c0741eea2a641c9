"""Linear models, of which everything is known in closed form, and images far from the box."""

import torch
from torch import Tensor, nn

from spikewright.robustness import AnnPredictor


def linear_predictor(classes: int = 2, pixels: int = 9) -> AnnPredictor:
    torch.manual_seed(1)
    return AnnPredictor(nn.Sequential(nn.Flatten(), nn.Linear(pixels, classes)))


def middle_images(count: int, *shape: int) -> Tensor:
    return 0.3 + 0.4 * torch.rand(count, *shape, generator=torch.Generator().manual_seed(2))
