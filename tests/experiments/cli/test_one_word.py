"""Records in one word of a command line."""

import pytest

from spikewright import InvalidInput
from spikewright.experiments.cli.one_word import spoken


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("pgd", "pgd", {}),
        ("pgd,steps=40,step-size=0.5", "pgd", {"steps": "40", "step_size": "0.5"}),
        ("mine.attacks:Gradient, budget = 3", "mine.attacks:Gradient", {"budget": "3"}),
        ("prune,spare=conv1;fc,training.epochs=3", "prune", {"spare": "conv1,fc", "training.epochs": "3"}),
    ],
)
def test_a_word_is_a_name_with_settings(text: str, name: str, said: dict[str, str]) -> None:
    assert spoken(text) == (name, said)


@pytest.mark.parametrize("text", ["pgd,40", "pgd,=40", "pgd,"])
def test_a_setting_without_a_value_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="expected pgd,FIELD=VALUE"):
        spoken(text)
