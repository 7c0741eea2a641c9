"""The names that --help lists."""

import pytest

from spikewright.experiments.cli.catalogue import entries_by_table
from spikewright.experiments.cli.names import listed, tables
from spikewright.experiments.data.load import dataset_names
from spikewright.experiments.families import ATTACKS, CORRUPTIONS, METHODS, RECIPES, STAGES, SUBSTITUTES
from spikewright.experiments.models.table import model_names
from spikewright.experiments.zoo import names
from spikewright.hardware import DEVICES


def test_every_name_of_every_table_is_listed() -> None:
    shown = {line.split()[0] for line in listed(tables()).splitlines() if line.startswith("  ")}
    families = (ATTACKS, CORRUPTIONS, METHODS, RECIPES, STAGES, SUBSTITUTES, DEVICES)
    assert {*dataset_names(), *model_names(), *names(), *(name for one in families for name in one)} <= shown


@pytest.mark.parametrize("columns", [1, 40, 80, 200])
def test_lines_fit_and_lose_nothing(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = listed(["attack"]).splitlines()
    assert max(map(len, lines)) <= max(40, columns)
    told = " ".join(" ".join(lines).split())
    assert all(" ".join(entry.summary.split()) in told for entry in entries_by_table()["attack"])


def test_settings_of_a_training_are_no_names() -> None:
    assert "training" not in tables() and {"data set", "network", "model", "device"} <= set(tables())
