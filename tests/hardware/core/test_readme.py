"""The format in words."""

from pathlib import Path

from spikewright.hardware.core.load import read_core
from spikewright.hardware.core.readme import readme_text


def test_it_names_the_layers_and_the_law_of_this_core(folder: Path) -> None:
    text = readme_text(read_core(folder))
    assert text == (folder / "README.md").read_text()
    assert "| h0 | integrate_fire | 6 | 1 | 8 |" in text and "| in |" not in text
    assert "4 steps, schedule synchronous, readout potential" in text and "{" not in text.replace(
        "{value, x, y, c, token}", ""
    )
