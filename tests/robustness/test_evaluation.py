"""The table of robustness: nested worst cases, refusals that are said, and what may be given."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, Table
from spikewright.answers import Head
from spikewright.conversion import Ttfs, convert
from spikewright.robustness import (
    FGSM,
    PGD,
    AnnPredictor,
    GaussianNoise,
    SnnPredictor,
    SpikeDeletionFault,
    SpikeJitterFault,
    Transfer,
    WeightBitFlipsFault,
    attack_curve,
    evaluate,
)

EPSILONS = [0.2, 0.05, 0.1]


@pytest.fixture(scope="module")
def table(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> Table:
    attacks = [FGSM(), PGD(6), Transfer(PGD(4), ann), PGD(4, norm="l2")]
    noise = [
        (GaussianNoise(), [0.1]),
        (SpikeDeletionFault(), [0.2]),
        (SpikeJitterFault(), [0.5]),
        (WeightBitFlipsFault(), [0.1]),
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


def test_same_seed_same_table(ann: AnnPredictor, digits: Any) -> None:
    data, plan = (digits.images[:20], digits.labels[:20]), [PGD(3), (GaussianNoise(), [0.4])]
    first, again = (evaluate([ann], data, plan, [0.1], seed=7) for _ in range(2))
    assert first == again


def test_progress_reaches_its_end(ann: AnnPredictor, digits: Any) -> None:
    seen: list[tuple[int, int]] = []
    evaluate([ann], (digits.images[:4], digits.labels[:4]), [FGSM()], [0.1], progress=lambda _, *now: seen.append(now))
    assert seen == [(0, 1), (1, 1)]


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


class Places(nn.Module):
    """Classes of the pixels of a small map, or with `labels` several labels of an image."""

    def __init__(self, labels: bool = False) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.last, self.labels = nn.Conv2d(1, 6, 3, padding=1), nn.Conv2d(6, 3, 1), labels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self.last(torch.relu(self.first(x)))
        return found.mean((2, 3)) if self.labels else found


@pytest.mark.parametrize("labels", [False, True])
def test_places_and_several_labels_have_tables_of_corruptions_and_no_attacks(labels: bool) -> None:
    model, x = Places(labels).eval(), torch.rand(12, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    head = Head("multilabel") if labels else Head(ignored=9)
    network = convert(model, x, Ttfs(), judge=False)
    network = network.with_head("multilabel") if labels else network.with_head(ignored=9)
    wanted = (model(x) > 0).long() if labels else model(x).argmax(1)
    wanted[:3, 0] = 1
    if not labels:
        wanted[3], wanted[4, 0] = 9, 9
    pair = [AnnPredictor(model, "ann", head=head), SnnPredictor(network, "snn")]
    table = evaluate(pair, (x, wanted.numpy()), [GaussianNoise(), FGSM()], epsilons=[1.0])
    rows = {(row["model"], row["perturbation"], row["strength"]): row for row in table}
    for name in ("ann", "snn"):
        clean, noisy = rows[name, "clean", 0.0], rows[name, "GaussianNoise", 1.0]
        assert 0 < noisy["accuracy"] < clean["accuracy"] < 1
        assert clean["low"] < clean["accuracy"] < clean["high"]
        assert "one class for each image" in rows[name, "FGSM", 1.0]["note"]
    assert rows["ann", "clean", 0.0]["accuracy"] == pytest.approx(rows["snn", "clean", 0.0]["accuracy"], abs=0.02)
    with pytest.raises(
        InvalidInput, match=r"expected one class for each image to attack, got .*; try evaluate with corruptions"
    ):
        FGSM()(pair[0], x, wanted.numpy(), 0.1)


def test_an_image_counts_by_the_share_of_its_places_that_is_right() -> None:
    model, x = Places().eval(), torch.rand(3, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    wanted = model(x).argmax(1)
    wanted[0, 0], wanted[1] = 9, 9
    wanted[0, 1, 0] = (wanted[0, 1, 0] + 1) % 3
    (clean, *_) = evaluate(AnnPredictor(model, head=Head(ignored=9)), (x, wanted.numpy()), [GaussianNoise()], [0.1])
    assert clean["accuracy"] == 0.75


def test_values_have_no_table() -> None:
    with pytest.raises(InvalidInput, match="got values; try with_head"):
        AnnPredictor(Places(), head=Head("values"))
