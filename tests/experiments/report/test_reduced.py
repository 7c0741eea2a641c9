"""Large tables are not read whole, and what matters of them is there."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from spikewright.experiments.plots.pareto import pareto_fronts
from spikewright.experiments.report import reduced
from spikewright.experiments.report.reduced import Reduced
from tests.experiments.studies.made_results import result_of


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "LARGE", 50)


def designs(count: int) -> list[dict[str, Any]]:
    return [
        {"network": f"n{n % 2}", "architecture": "hybrid" if n == 70 else "sweep", "fits": n % 5 > 0, "chosen": n == 33,
         "lut": float(n * 7919 % 997), "fpga_energy_uj": float(n * 104729 % 991) + 1}
        for n in range(count)
    ]  # fmt: skip


def test_small_tables_are_whole(tmp_path: Path) -> None:
    tables = Reduced(result_of(tmp_path, hardware=designs(20)).tables)
    assert len(tables["hardware"]) == 20 and tables.counts["hardware"] == 20 and tables.large == []


@pytest.mark.usefixtures("low")
def test_of_many_designs_fronts_core_and_corners_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "DESIGNS", reduced.DESIGNS.replace("drawn, 500", "drawn, 5"))
    monkeypatch.setitem(reduced.CHOICES, "hardware", (reduced.DESIGNS, reduced.CHOICES["hardware"][1]))
    whole = result_of(tmp_path, hardware=designs(300)).tables
    tables = Reduced(whole)
    kept = tables["hardware"]
    assert len(kept) < 100 and tables.large == ["hardware"] and tables.counts["hardware"] == 300
    assert sum(kept["chosen"]) == 1 and "hybrid" in kept["architecture"]
    fronts, every = (pareto_fronts(each["hardware"], {}) for each in (tables, whole))
    assert {f.network: [(p.area, p.energy) for p in f.front] for f in fronts} == {
        f.network: [(p.area, p.energy) for p in f.front] for f in every
    }


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("largest", [3, 40, 50_000])
def test_designs_that_none_beats_are_those_of_every_pair(tmp_path: Path, largest: int) -> None:
    """Many equal areas and energies, and none of either."""
    chance = Random(largest)
    rows = [{**row, "lut": float(chance.randrange(largest)), "fpga_energy_uj": chance.randrange(largest) / 2}
            for row in designs(200)]  # fmt: skip
    kept = Reduced(result_of(tmp_path, hardware=rows).tables)["hardware"]
    found = {(row["network"], row["lut"], row["fpga_energy_uj"]) for row in kept}
    fitting = [(row["network"], row["lut"], row["fpga_energy_uj"]) for row in rows if row["fits"]]
    for network, lut, energy in fitting:
        others = [one for one in fitting if one[0] == network and one != (network, lut, energy)]
        if not any(area <= lut and spent <= energy for _, area, spent in others):
            assert (network, lut, energy) in found


@pytest.mark.usefixtures("low")
def test_of_much_harm_the_means_are_kept(tmp_path: Path) -> None:
    rows = [
        {"model": "a", "perturbation": "P", "strength": s / 10, "accuracy": seed / 40, "low": 0.0, "high": 1.0, "over": "images",
         "samples": 5, "chips": None, "note": None, "kind": "noise", "seed": seed}
        for seed in range(40) for s in range(3)
    ]  # fmt: skip
    found = Reduced(result_of(tmp_path, robustness=rows).tables)["robustness"]
    assert found["strength"] == [0.0, 0.1, 0.2] and found["accuracy"] == pytest.approx([19.5 / 40] * 3)


@pytest.mark.usefixtures("low")
def test_of_others_the_first_rows_are_kept(tmp_path: Path) -> None:
    tables = Reduced(result_of(tmp_path, **{'odd "name"': [{"n": n} for n in range(60)]}).tables)
    assert tables['odd "name"']["n"][:3] == [0, 1, 2] and tables.counts['odd "name"'] == 60
