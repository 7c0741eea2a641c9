"""The linear map behind the output neurons: what it gives, composed, compared and refused."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.linear_tails import Tail

SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))


@st.composite
def tails(draw: st.DrawFn, source: tuple[int, int, int]) -> Tail:
    """A tail of whole numbers, with some of its axes left as they are."""
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    kept = [draw(st.booleans()) for _ in range(4)]
    sizes = [size if keep else draw(st.integers(1, 3)) for size, keep in zip(source, kept, strict=False)]
    pairs = zip(sizes, source, kept, strict=False)
    channels, rows, columns = (None if keep else rng.integers(-3, 4, (out, size)) for out, size, keep in pairs)
    bias = np.zeros(()) if kept[3] else rng.integers(-3, 4, sizes).astype(float)
    return Tail(source, channels, rows, columns, bias)


@given(SIZES, st.data())
def test_it_is_the_product_over_channels_rows_and_columns(source: tuple[int, int, int], data: st.DataObject) -> None:
    tail = data.draw(tails(source))
    x = np.random.default_rng(0).integers(-4, 5, (2, 3, *source)).astype(float)
    c, r, k = (np.eye(n) if m is None else m for n, m in zip(source, tail.matrices, strict=False))
    wanted = np.einsum("dc,yh,xw,abchw->abdyx", c, r, k, x) + tail.bias
    found = tail.apply(x.reshape(2, 3, -1))
    np.testing.assert_array_equal(found.reshape(wanted.shape), wanted)
    np.testing.assert_array_equal(tail.apply(torch.tensor(x).reshape(2, 3, -1)).numpy(), found)


@given(SIZES, st.data())
def test_one_behind_another_is_one(source: tuple[int, int, int], data: st.DataObject) -> None:
    first = data.draw(tails(source))
    last = data.draw(tails(first.shape))
    x = np.random.default_rng(1).integers(-4, 5, (2, int(np.prod(source)))).astype(float)
    np.testing.assert_array_equal(last.behind(first).apply(x), last.apply(first.apply(x)))


def test_the_gradient_goes_through_it() -> None:
    x = torch.zeros(1, 2, requires_grad=True)
    Tail((2, 1, 1), np.array([[1.0, 2.0], [3.0, 4.0]])).apply(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[4.0, 6.0]]


def test_two_of_the_same_numbers_are_equal() -> None:
    one, same, other = (Tail((2, 1, 1), np.full((3, 2), value)) for value in (1.0, 1.0, 2.0))
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != Tail((2, 1, 1))
    assert one != "tail"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"source": (2, 1)}, "the shape"),
        ({"source": (0, 1, 1)}, "the shape"),
        ({"channels": np.ones((3, 3))}, r"matrix \(outputs, 2\) of a tail, got shape \(3, 3\)"),
        ({"rows": np.ones(1)}, "matrix"),
        ({"channels": np.ones((0, 2))}, "matrix"),
        ({"bias": np.ones(2)}, "bias of a tail of shape"),
        ({"bias": np.full((), np.nan)}, "finite"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Tail(**({"source": (2, 1, 1)} | settings))  # type: ignore[arg-type]
