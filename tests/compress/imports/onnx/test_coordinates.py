"""Places of resized axes: what each takes of its neighbours."""

import numpy as np
import pytest

from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx.coordinates import ResizedAxis


@pytest.mark.parametrize("cubic", [None, -0.5, -0.75])
@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(("size", "new"), [(1, 1), (1, 5), (7, 3), (4, 9), (6, 1)])
def test_what_a_place_takes_adds_up_to_one(size: int, new: int, inside: bool, cubic: float | None) -> None:
    for mode in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"):
        matrix = ResizedAxis(size, new, new / size).matrix(mode, cubic, inside=inside)
        smooth = ResizedAxis(size, new, new / size).matrix(mode, cubic, inside=inside, smooth=True)
        for one in (matrix, smooth):
            assert one.shape == (new, size) and np.allclose(one.sum(1), 1, atol=1e-6)
        assert new < size or np.allclose(matrix, smooth, atol=1e-6)


def test_straight_lines_keep_a_slope() -> None:
    assert np.allclose(ResizedAxis(3, 5, 5 / 3).matrix("align_corners", None, inside=False) @ [0, 2, 4], range(5))


def test_what_standard_and_runtimes_read_in_two_ways_is_refused() -> None:
    with pytest.raises(Unsupported, match="no whole size"):
        ResizedAxis(4, 2, 0.6).centres("align_corners")
    with pytest.raises(Unsupported, match="the same size by 1"):
        ResizedAxis(6, 6, 1.1).nearest("half_pixel", "floor")
    with pytest.raises(Unsupported, match="no whole size"):
        ResizedAxis(4, 2, 0.6, (0.0, 0.5)).centres("tf_crop_and_resize")
    with pytest.raises(Unsupported, match="a region of 4 places that is resized to as many"):
        ResizedAxis(4, 4, 1.0, (0.0, 0.5)).centres("tf_crop_and_resize")
    with pytest.raises(Unsupported, match="resizing by another"):
        ResizedAxis(4, 2, 0.5).nearest("another", "floor")


def test_a_region_may_reach_beyond_the_axis() -> None:
    """5 places from -1/2 to 3/2 of 3 (0, 1, 2): -1, 0, 1, 2, 3, of which the three in the middle lie on it."""
    axis = ResizedAxis(3, 5, 5 / 3, (-0.5, 1.5))
    assert axis.centres("tf_crop_and_resize").tolist() == [-1, 0, 1, 2, 3]
    assert axis.covered("tf_crop_and_resize") == slice(1, 4)
    assert axis.nearest("tf_crop_and_resize", "floor") == [0, 1, 2]
    assert ResizedAxis(3, 2, 2 / 3, (1.5, 2.0)).covered("tf_crop_and_resize") == slice(0, 0)
    assert ResizedAxis(3, 1, 1 / 3, (0.0, 0.5)).centres("tf_crop_and_resize").tolist() == [0.5]


def test_the_middle_between_two_places_is_found_as_runtimes_find_it() -> None:
    """15 places of 11: place 5 lies at (5 + 1/2) 15 / 11 - 1/2 = 7, in float32 beside it."""
    assert ResizedAxis(15, 11, 11 / 15).nearest("tf_half_pixel_for_nn", "round_prefer_floor")[5] == 7
    assert ResizedAxis(26, 15, 15 / 26).nearest("half_pixel", "round_prefer_floor")[7] == 12
    assert ResizedAxis(26, 1, 1 / 26).nearest("half_pixel", "round_prefer_ceil") == [13]
