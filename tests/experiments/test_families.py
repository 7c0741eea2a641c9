"""What is usual in studies and commands stands beside what records take by themselves."""

from spikewright.experiments.families import ATTACKS, METHODS, RECIPES, USUAL, make
from spikewright.experiments.training.recipe import TrainRecipe
from spikewright.robustness import PGD


def test_what_is_usual_is_taken_where_nothing_is_said() -> None:
    assert make(ATTACKS, "pgd", {}) == PGD(20) and make(ATTACKS, "pgd", {"steps": 3}) == PGD(3)
    assert TrainRecipe.from_dict(USUAL["training"]).epochs == 60


def test_every_member_of_every_table_is_made_without_a_word() -> None:
    for family in (ATTACKS, METHODS, RECIPES):
        assert all(family.holds(make(family, name, {})) for name in family)
