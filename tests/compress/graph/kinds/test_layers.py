"""Layers with weights by their arguments: kernel, stride, padding, also where padding is uneven."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.compress.graph.kinds.test_table import only


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize(
    ("module", "padding", "less"),
    [
        (nn.Conv2d(2, 2, 4, padding="same"), (2, 2), (1, 1)),
        (nn.Conv2d(2, 2, (3, 2), padding="same"), (1, 1), (0, 1)),
        (nn.Conv2d(2, 2, 3, padding="valid"), (0, 0), (0, 0)),
        (nn.Conv2d(2, 2, 3, padding=(1, 0)), (1, 0), (0, 0)),
    ],
)
def test_padding_is_told_in_numbers(module: nn.Module, padding: tuple[int, int], less: tuple[int, int]) -> None:
    args = only(module).args
    assert (args["padding"], args["less"]) == (padding, less)


def test_the_arguments_of_a_transposed_convolution() -> None:
    args = only(nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1, groups=2)).args
    wanted = {"stride": (2, 2), "padding": (1, 1), "output_padding": (1, 1), "dilation": (1, 1), "groups": 2}
    assert args == wanted


def test_what_depends_on_the_batch_or_stays_on_has_no_rule() -> None:
    assert "rest of the batch" in only(nn.BatchNorm2d(2, track_running_stats=False)).detail
    assert "stays on in evaluation" in only(lambda x: F.dropout(x)).detail
    assert only(nn.Linear(8, 3)).kind == "linear_map"
    assert only(torch.sigmoid).args == {"name": "sigmoid"}


def test_borders_of_other_numbers_than_zeros_are_an_order_and_no_padding() -> None:
    conv = nn.Conv2d(2, 2, 3, padding=(1, 2), padding_mode="circular")
    found, x = only(conv), torch.rand(2, 2, 8, 8)
    assert found.args["padding"] == (0, 0) and found.args["less"] == (0, 0)
    wanted = F.pad(x, (2, 2, 1, 1), mode="circular")
    np.testing.assert_array_equal(found.args["around"].apply(x[0].numpy()), wanted[0].numpy())
