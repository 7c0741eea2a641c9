"""The table of the zoo agrees with itself."""

import pytest

from spikewright import InvalidInput
from spikewright.experiments.data import dataset_names
from spikewright.experiments.models.table import model_names
from spikewright.experiments.zoo.recipes import ENTRIES, entry


@pytest.mark.parametrize("name", ENTRIES)
def test_every_line_names_what_is_there(name: str) -> None:
    line = entry(name)
    assert line.model in model_names() and line.dataset in dataset_names()
    seen = [name]
    while (base := entry(seen[-1]).base) is not None:
        assert base not in seen
        assert (entry(base).model, entry(base).dataset) == (line.model, line.dataset)
        seen.append(base)


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(InvalidInput, match="expected a network out of small-digits"):
        entry("small-digit")
