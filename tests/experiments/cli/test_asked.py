"""Records of what a command line says: the word first, then the flags, then what is usual, then the record's own default."""

import pytest

from spikewright import InvalidInput
from spikewright.compress.pruners.magnitude import Prune
from spikewright.conversion import FewSpike, Phase, Rate
from spikewright.experiments.cli.asked import record, records
from spikewright.experiments.families import ATTACKS, METHODS, RECIPES
from spikewright.robustness import FGSM, PGD, Square


def test_the_word_wins_over_flags_and_flags_over_what_is_usual() -> None:
    assert record(RECIPES, "rate", {}) == Rate(7)
    assert record(RECIPES, "rate", {"steps": "4"}) == Rate(4)
    assert record(RECIPES, "rate,steps=5", {"steps": "4"}) == Rate(5)
    assert record(RECIPES, "phase", {}, seed=3) == Phase()
    assert record(RECIPES, "few-spike", {}, seed=3) == FewSpike(seed=3)


def test_each_attack_takes_the_flags_that_it_has() -> None:
    found = records(ATTACKS, ["fgsm", "pgd,restarts=2", "square"], {"norm": "l2", "steps": "3"})
    assert found == [FGSM("l2"), PGD(3, 2, "l2"), Square()]


def test_a_flag_that_no_attack_has_is_refused() -> None:
    with pytest.raises(InvalidInput, match="expected settings of fgsm, got one of square, --queries; try without it"):
        records(ATTACKS, ["fgsm"], {"queries": "3"})
    with pytest.raises(InvalidInput, match="expected settings of the attacks asked for, got one of square, --queries"):
        records(ATTACKS, [], {"queries": "3"})


def test_a_nested_record_keeps_its_other_settings() -> None:
    made = record(METHODS, "prune,sparsity=0.5,training.epochs=9", {})
    assert isinstance(made, Prune) and made.sparsity == 0.5
    assert made.training.epochs == 9 and made.training.lr == Prune().training.lr
