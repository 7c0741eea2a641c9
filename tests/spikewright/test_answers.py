"""What numbers of an output mean: classes of images and places, several labels a sample, and values."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.label_checks import labels_of
from spikewright.last_functions import ENDINGS
from spikewright.several_heads import decisions

SHAPES = st.lists(st.integers(2, 4), min_size=1, max_size=3).map(tuple)
TORCH = {
    "softmax": lambda x, dim: F.softmax(x, dim),
    "log_softmax": lambda x, dim: F.log_softmax(x, dim),
    "sigmoid": lambda x, dim: torch.sigmoid(x),
    "logsigmoid": lambda x, dim: F.logsigmoid(x),
    "tanh": lambda x, dim: torch.tanh(x),
}


def drawn(shape: tuple[int, ...], samples: int = 3) -> torch.Tensor:
    return torch.randn(samples, *shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@given(SHAPES, st.data())
def test_classes_are_those_of_torch_along_any_axis(shape: tuple[int, ...], data: st.DataObject) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    head, x = Head(shape=shape, axis=axis), drawn(shape)
    found = head.predictions(x.flatten(1).numpy())
    np.testing.assert_array_equal(found, x.argmax(1 + axis).numpy())
    np.testing.assert_array_equal(labels_of(head, found, 3, x[0].numel()), found)
    assert (decisions((head,), x.flatten(1).numpy()) == found.reshape(3, -1)).all()


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending_is_put_on_again_as_torch_has_it(ending: str) -> None:
    x = drawn((4, 2, 3))
    head = Head(shape=(4, 2, 3), ending=ending)  # type: ignore[arg-type]
    np.testing.assert_allclose(head.answers(x.flatten(1).numpy()), TORCH[ending](x, 1).numpy(), atol=1e-12)
    ended = head.answers(x.flatten(1).numpy()).reshape(3, -1)
    np.testing.assert_array_equal(head.predictions(ended, ended=True), head.predictions(x.flatten(1).numpy()))


@pytest.mark.parametrize("ending", [None, "sigmoid", "logsigmoid"])
@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_labels_are_there_above_a_probability(threshold: float, ending: str) -> None:
    x = drawn((5,), 50)
    head = Head("multilabel", threshold=threshold, ending=ending)  # type: ignore[arg-type]
    wanted = (torch.sigmoid(x) > threshold).long().numpy()
    np.testing.assert_array_equal(head.predictions(x.numpy()), wanted)
    np.testing.assert_array_equal(head.predictions(head.answers(x.numpy()), ended=True), wanted)
    np.testing.assert_allclose(head.probabilities(x.numpy()), torch.sigmoid(x).numpy())


def test_what_is_asked_for_with_one_class_or_of_values_is_refused_with_a_way_out() -> None:
    with pytest.raises(InvalidInput, match=r"at least two classes, got one output.*multilabel"):
        Head().predictions(np.zeros((2, 1)))
    with pytest.raises(InvalidInput, match="at least two classes"):
        Head().probabilities(np.zeros((2, 1)))
    with pytest.raises(InvalidInput, match="try answers"):
        Head("values").probabilities(np.zeros((2, 1)))
    assert decisions((Head(), Head("values", (3,))), np.zeros((2, 1))).shape == (2, 0)


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "class"},
        {"shape": ()},
        {"shape": (2, 0)},
        {"axis": 1},
        {"shape": (2, 3), "axis": 2},
        {"ending": "relu"},
        {"ignored": 0.5},
        {"threshold": 1.0},
        {"threshold": float("nan")},
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Head(**settings)  # type: ignore[arg-type]
