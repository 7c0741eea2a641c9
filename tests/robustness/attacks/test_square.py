"""The black box: what it draws, and how large its squares are."""

import pytest
import torch

from spikewright import InvalidInput
from spikewright.robustness import Square
from spikewright.robustness.attacks.square import _inside, _planes, _sides
from tests.robustness.linear_models import linear_predictor, middle_images


def test_squares_shrink_as_in_the_paper() -> None:
    """Of 1,000 queries the area halves after 1, 5, 20, ..., 800."""
    areas = [Square()._area(query) for query in (1, 2, 6, 21, 801)]
    assert areas == pytest.approx([0.8, 0.4, 0.2, 0.1, 0.8 / 512])


def test_images_lines_and_vectors_have_planes() -> None:
    assert _planes(torch.Size((3, 8, 6))) == (3, 8, 6)
    assert _planes(torch.Size((2, 7))) == (2, 1, 7) and _planes(torch.Size((5,))) == (1, 1, 5)
    assert _sides((3, 8, 8), 0.25) == (4, 4) and _sides((1, 1, 10), 0.3) == (1, 3) and _sides((1, 4, 4), 1e-6) == (1, 1)


def test_intervals_lie_inside() -> None:
    inside = _inside(torch.tensor([0.0, 0.5, 0.999]), 2, 5)
    assert inside.int().tolist() == [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 1]]


def test_more_queries_never_find_less() -> None:
    predictor, images = linear_predictor(4), middle_images(30, 9)
    labels = predictor.predict(images)
    found = [int(Square(queries)(predictor, images, labels, 0.2, 1).success.sum()) for queries in (1, 5, 60)]
    assert found == sorted(found) and found[2] > 0


@pytest.mark.parametrize(("settings", "told"), [((0,), "queries to be a whole number from 1"), ((9, 0.0), "above 0")])
def test_settings_that_cannot_work_are_refused(settings: tuple[float, ...], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Square(*settings)  # type: ignore[arg-type]
