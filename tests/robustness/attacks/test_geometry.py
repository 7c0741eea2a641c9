"""Balls cut by the box of valid images."""

from typing import Any

import pytest
import torch

from spikewright.robustness.attacks.geometry import Ball
from spikewright.robustness.draws import ImageDraws


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_random_points_and_projections_stay_inside(norm: Any) -> None:
    center = torch.rand(50, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    ball = Ball(center, 0.3, norm, (0.0, 1.0))
    assert ball.contains(ball.random_points(ImageDraws.of(center, 1), 0)).all()
    far = ball.project(center + 10 * torch.randn(center.shape, generator=torch.Generator().manual_seed(2)))
    assert ball.contains(far).all()
    torch.testing.assert_close(ball.project(far), far)
    assert torch.equal(ball.project(center), center)


def test_steps_are_as_long_as_they_say() -> None:
    gradient = torch.tensor([[3.0, -4.0], [1e-30, 0.0]])
    ball = {norm: Ball(torch.zeros(2, 2), 1.0, norm, (-9.0, 9.0)) for norm in ("linf", "l2")}  # type: ignore[arg-type]
    assert ball["linf"].step(gradient, 0.5).tolist() == [[0.5, -0.5], [0.5, 0.0]]
    torch.testing.assert_close(ball["l2"].step(gradient[:1], 0.5), torch.tensor([[0.3, -0.4]]))


def test_a_point_outside_is_told() -> None:
    ball = Ball(torch.full((3, 2), 0.5), 0.1, "linf", (0.0, 0.55))
    points = torch.tensor([[0.5, 0.54], [0.5, 0.39], [0.5, 0.56]])
    assert ball.contains(points).tolist() == [True, False, False]
    assert ball.rows(torch.tensor([1])).center.shape == (1, 2)
