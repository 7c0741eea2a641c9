"""Weights that are computed of several tensors."""

import numpy as np
import pytest

from spikewright import weights as w

RANDOM = np.random.default_rng(0)


def test_low_rank_and_tucker_are_products() -> None:
    left, right = RANDOM.standard_normal((4, 2)), RANDOM.standard_normal((2, 3))
    assert np.allclose(w.Contract("or,ri->oi", (left, right)).values(), left @ right)
    core, tall, wide = RANDOM.standard_normal((2, 3, 3)), RANDOM.standard_normal((4, 2)), RANDOM.standard_normal((3, 5))
    tucker = w.Contract("abk,oa,bi->oik", (core, tall, wide))
    assert np.allclose(tucker.values(), np.einsum("abk,oa,bi->oik", core, tall, wide)) and tucker.shape == (4, 5, 3)
    assert w.bits(tucker) == 64 * (18 + 8 + 15)


def test_integers_are_summed_exactly() -> None:
    whole = w.Contract("or,ri->oi", (np.full((1, 2), 2**20), np.full((2, 1), 2**20)))
    assert whole.values().tolist() == [[2**41]] and not whole.real
    assert w.Sum((np.array([127], np.int8), np.array([127], np.int8))).values().tolist() == [254]


def test_a_residual_keeps_its_parts_under_a_factor() -> None:
    e = w.Sum((np.ones((2, 2), np.float32), w.Scaled(np.array([[1, 0], [0, 1]], np.int8), [0.5, 0.25])))
    made = w.scaled(e, [2.0, 4.0])
    assert isinstance(made, w.Sum) and made.values().tolist() == [[3.0, 2.0], [4.0, 5.0]]


@pytest.mark.parametrize(
    "rule", ["or,ri->oi->", "or,ri", "OR,ri->oi", "or,ri->oo", "or,ri->ox", "o,ri->oi", "or,ti,r->oi", ""]
)
def test_rules_that_do_not_fit_are_refused(rule: str) -> None:
    with pytest.raises(w.InvalidWeights, match="fit a rule"):
        w.Contract(rule, (np.ones((4, 2)), np.ones((3, 5))))


def test_more_arithmetic_than_any_layer_is_refused() -> None:
    with pytest.raises(w.InvalidWeights, match="products"):
        w.Contract("a,b,c,d,e->", tuple(np.zeros(2**9) for _ in range(5)))


def test_terms_and_shapes_must_fit() -> None:
    for build in (lambda: w.Sum(()), lambda: w.Sum((np.ones(2), np.ones(3)))):
        with pytest.raises(w.InvalidWeights, match="one shape"):
            build()
    for shape in ((7,), (-2, -3), (2.0, 3), (True, 6)):
        with pytest.raises(w.InvalidWeights, match="of 6 numbers"):
            w.Reshape(np.ones(6), shape)  # type: ignore[arg-type]


def test_a_shape_that_is_undone_is_gone() -> None:
    e = w.Contract("or,ri->oi", (np.ones((4, 1)), np.ones((1, 6))))
    seen = w.reshaped(e, (4, 3, 2))
    assert isinstance(seen, w.Reshape) and w.reshaped(seen, (4, 6)) is e
