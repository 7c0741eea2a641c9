"""The table of robustness: nested worst cases, refusals that are said, statistics, and the health of an attack."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spikewright import InvalidInput, Table
from spikewright.robustness import (
    FGSM,
    PGD,
    AnnPredictor,
    GaussianNoise,
    SnnPredictor,
    SpikeDeletionFault,
    SpikeJitterFault,
    Transfer,
    WeightBitFlips,
    attack_curve,
    attack_health,
    evaluate,
    mcnemar,
    wilson,
)

EPSILONS = [0.2, 0.05, 0.1]


@pytest.fixture(scope="module")
def table(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> Table:
    attacks = [FGSM(), PGD(6), Transfer(PGD(4), ann), PGD(4, norm="l2")]
    noise = [
        (GaussianNoise(), [0.1]),
        (SpikeDeletionFault(), [0.2]),
        (SpikeJitterFault(), [0.5]),
        (WeightBitFlips(), [0.1]),
    ]
    return evaluate([ann, snn], (digits.images[:40], digits.labels[:40]), [*attacks, *noise], EPSILONS)


def test_columns_and_intervals(table: Table) -> None:
    assert table.columns == (
        *("model", "perturbation", "strength", "accuracy", "low", "high"),
        *("over", "samples", "chips", "note"),
    )
    for row in table:
        assert row["samples"] == 40
        if row["accuracy"] is not None:
            assert row["low"] <= row["accuracy"] <= row["high"]


def test_clean_row_is_the_accuracy(table: Table, snn: SnnPredictor, digits: Any) -> None:
    expected = float((snn.predict(digits.images[:40]) == digits.labels[:40]).double().mean())
    assert table.where(model="SNN", perturbation="clean")["accuracy"] == [expected]


@pytest.mark.parametrize("model", ["ANN", "SNN"])
@pytest.mark.parametrize("name", ["FGSM", "PGD(steps=6)", "PGD(L2, steps=4)", "worst case (linf)"])
def test_accuracy_never_rises_with_the_budget(table: Table, model: str, name: str) -> None:
    rows = table.where(model=model, perturbation=name)
    accuracy = [a for _, a in sorted(zip(rows["strength"], rows["accuracy"], strict=True))]
    clean = table.where(model=model, perturbation="clean")["accuracy"][0]
    assert len(accuracy) == 3 and all(
        before >= after for before, after in zip([clean, *accuracy], accuracy, strict=False)
    )


def test_worst_case_is_below_every_attack(table: Table) -> None:
    for worst in table.where(perturbation="worst case (linf)"):
        for name in ("FGSM", "PGD(steps=6)", "PGD(steps=4) from ANN"):
            for row in table.where(model=worst["model"], perturbation=name, strength=worst["strength"]):
                assert row["accuracy"] is None or worst["accuracy"] <= row["accuracy"]


@pytest.mark.parametrize(
    ("model", "name", "reason"),
    [
        ("ANN", "PGD(steps=4) from ANN", "the source is the model itself"),
        ("ANN", "SpikeDeletionFault", "sends no spikes"),
        ("ANN", "WeightBitFlips", "quantise first"),
        ("SNN", "SpikeJitterFault", "whole steps"),
        ("SNN", "WeightBitFlips", "quantise first"),
    ],
)
def test_what_does_not_apply_says_why(table: Table, model: str, name: str, reason: str) -> None:
    rows = table.where(model=model, perturbation=name)
    assert len(rows) and set(rows["accuracy"]) == {None}
    assert all(reason in note for note in rows["note"])


def test_per_example_nothing_rises_again(snn: SnnPredictor, digits: Any) -> None:
    standing = attack_curve(snn, digits.images[:30], digits.labels[:30], PGD(3, loss="ce"), [0.0, 0.05, 0.1, 0.2])
    assert np.all(standing[:-1] >= standing[1:])
    np.testing.assert_array_equal(standing[0], (snn.predict(digits.images[:30]) == digits.labels[:30]).numpy())


def test_same_seed_same_table(ann: AnnPredictor, digits: Any) -> None:
    data, plan = (digits.images[:20], digits.labels[:20]), [PGD(3), (GaussianNoise(), [0.4])]
    first, again = (evaluate([ann], data, plan, [0.1], seed=7) for _ in range(2))
    assert first == again


def test_progress_reaches_its_end(ann: AnnPredictor, digits: Any) -> None:
    seen: list[tuple[int, int]] = []
    evaluate([ann], (digits.images[:4], digits.labels[:4]), [FGSM()], [0.1], progress=lambda _, *now: seen.append(now))
    assert seen == [(0, 1), (1, 1)]


def test_standardisation_inside_the_model_keeps_the_bounds(digits: Any) -> None:
    class Standardised(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return digits.model((x - 0.5) / 0.25 * 0.25 + 0.5)

    inner = AnnPredictor(Standardised(), "inside")
    result = PGD(4)(inner, digits.images[:10], digits.labels[:10], 0.5)
    assert 0 <= result.adversarials.min() and result.adversarials.max() <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epsilons": [-1.0]}, ">= 0"),
        ({"epsilons": []}, "at least one strength"),
        ({"perturbations": ["PGD"]}, "an attack or a corruption"),
        ({"predictors": []}, "at least one predictor"),
        ({"labels": torch.tensor([0, 10])}, "labels from 0 to 9"),
        ({"images": torch.full((2, 1, 8, 8), 2.0)}, "images in"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_bad_input_to_evaluate(ann: AnnPredictor, digits: Any, change: dict[str, Any], message: str) -> None:
    given = {"predictors": [ann], "perturbations": [FGSM()], "epsilons": [0.1], "seed": 0}
    given |= {"images": digits.images[:2], "labels": digits.labels[:2]} | change
    with pytest.raises(InvalidInput, match=message):
        evaluate(
            given["predictors"],
            (given["images"], given["labels"]),
            given["perturbations"],
            given["epsilons"],
            seed=given["seed"],
        )


def test_two_models_of_one_name_are_refused(ann: AnnPredictor, digits: Any) -> None:
    with pytest.raises(InvalidInput, match="own name"):
        evaluate([ann, ann], (digits.images[:2], digits.labels[:2]), [FGSM()], [0.1])


def test_wilson_of_a_known_value() -> None:
    """81 of 263, 95 %: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 10)[0] == 0.0 and wilson(10, 10)[1] == 1.0


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_is_symmetric(samples: int, data: Any) -> None:
    successes = data.draw(st.integers(0, samples))
    low, high = wilson(successes, samples)
    assert 0 <= low <= successes / samples <= high <= 1
    assert wilson(samples - successes, samples) == pytest.approx((1 - high, 1 - low))


def test_mcnemar_by_hand() -> None:
    """Six disagreements, all one way: p = 2 / 2**6."""
    first, second = np.ones(10, dtype=bool), np.array([False] * 6 + [True] * 4)
    result = mcnemar(first, second)
    assert (result.only_first, result.only_second) == (6, 0)
    assert result.p_value == pytest.approx(2 / 2**6)
    assert mcnemar(first, first).p_value == 1.0


@pytest.mark.parametrize("arguments", [(3, 2), (-1, 2), (0, 0)])
def test_bad_counts(arguments: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput):
        wilson(*arguments)
    with pytest.raises(InvalidInput, match="confidence"):
        wilson(1, 2, 1.0)
    with pytest.raises(InvalidInput, match="boolean"):
        mcnemar([1, 0], [True, False])


def test_a_sound_attack_is_healthy(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> None:
    data = (digits.images[:30], digits.labels[:30])
    assert all(attack_health(ann, data, (0.05, 0.2))["healthy"])
    health = attack_health(snn, data, (0.1,), attack=PGD(15), source=ann)
    assert all(health["healthy"]) and len(health) == 7


def test_masked_gradients_are_found(digits: Any) -> None:
    """Rounding in front of the model: no gradient anywhere."""

    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = digits.model

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.inner((x > 0.3).float() + 0 * x)

    health = attack_health(AnnPredictor(Masked()), (digits.images[:30], digits.labels[:30]), (0.1,), attack=PGD(2))
    assert health.where(check="gradients vanish")["healthy"] == [False]


def test_one_may_stand_for_a_list(ann: AnnPredictor, digits: Any) -> None:
    data = (digits.images[:4], digits.labels[:4])
    expected = evaluate([ann], data, [(FGSM(), [0.1])])
    for epsilons in (0.1, torch.tensor([0.1], dtype=torch.float64), np.array([0.1]), iter([0.1])):
        assert [*evaluate(ann, data, FGSM(), epsilons)] == [*expected]
    twice = evaluate([ann], data, [FGSM(), PGD(1)], iter([0.1]))
    assert [row["strength"] for row in twice] == [0, 0.1, 0.1, 0.1]
    assert attack_curve(ann, *data, FGSM(), 0.1).shape == (1, 4)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"predictors": [nn.Linear(2, 2)]}, "AnnPredictor"),
        ({"predictors": nn.Sequential(nn.Linear(2, 2))}, "AnnPredictor"),
        ({"predictors": None}, "AnnPredictor"),
        ({"data": [torch.zeros(2, 1, 8, 8)]}, "images, labels"),
        ({"data": torch.utils.data.DataLoader([])}, "images, labels"),
        ({"data": (torch.zeros(1, 8, 8), [0])}, "images that fit"),
        ({"perturbations": [(FGSM(), [0.1], 3)]}, "got tuple"),
        ({"epsilons": "0.1"}, "strength >= 0"),
        ({"epsilons": None}, "strength >= 0"),
    ],
)
def test_what_is_none_of_them_is_refused_in_a_sentence(
    ann: AnnPredictor, digits: Any, change: dict[str, Any], told: str
) -> None:
    given = {
        "predictors": [ann],
        "data": (digits.images[:2], digits.labels[:2]),
        "perturbations": [FGSM()],
        "epsilons": [0.1],
    }
    with pytest.raises(InvalidInput, match=told):
        evaluate(**(given | change))
