"""What to build, and what it costs."""

from typing import Any

from spikewright import Table
from spikewright.experiments.report import choice, corners, costs
from tests.experiments.report.test_findings import accuracy, design


def tables(*designs: dict[str, Any], **networks: tuple[float, float, float]) -> dict[str, Table]:
    return {"accuracy": accuracy(**networks), "hardware": Table.of(designs)}


def test_the_choice_is_the_cheapest_of_those_that_are_not_told_from_the_best() -> None:
    networks = {"good": (0.9, 0.85, 0.95), "level": (0.89, 0.84, 0.94), "bad": (0.2, 0.1, 0.3)}
    chosen = choice(tables(design("good", 9.0), design("level", 5.0), design("bad", 0.1), **networks))
    assert chosen is not None and chosen.accuracy.name == chosen.design["network"] == "level"
    assert [one.name for one in chosen.close] == ["good"]


def test_without_accuracy_hardware_or_a_design_that_fits_there_is_none() -> None:
    whole = tables(design("a", 1.0, fits=False), a=(0.9, 0.8, 1.0))
    assert choice(whole) is choice({"accuracy": whole["accuracy"]}) is choice({"hardware": whole["hardware"]}) is None


def test_costs_are_told_with_their_bounds() -> None:
    chosen = choice(tables(design("a", 5.0, lut_low=7.0, lut_high=300.0, dsp=1200), a=(0.9, 0.8, 0.95)))
    assert chosen is not None
    told = {
        each.value.replace("\N{NO-BREAK SPACE}", " "): each.note.replace("\N{NO-BREAK SPACE}", " ")
        for each in costs(chosen)
    }
    assert told["90.0 %"] == "95 %: 80.0 to 95.0 %" and told["5 µJ"] == "estimated, 2.5 to 10.0"
    assert told["1 µs"] == "estimated" and told["100 LUT"].startswith("estimated, 7 to 300; 1,200 multipliers")


def test_without_hardware_there_are_no_corners() -> None:
    assert corners({}) is None


def test_a_design_that_fits_by_the_middle_alone_is_told() -> None:
    row = {
        "architecture": "hybrid", "physical_neurons": "1/1", "lut": 20000.0, "lut_low": 19000.0, "lut_high": 20800.0,
        "asic45_energy_nj": 1.0,
    }  # fmt: skip
    rows = [
        design("a", 1.0, **row, device="xc7a35t"),
        design("b", 1.0, **row | {"lut_high": 20801.0}, device="xc7a35t"),
        design("c", 1.0, **row, device="xc7a35t", fits=False),
        design("d", 1.0, **row | {"lut_high": 1e9}, device="my-board"),
    ]
    found = corners({"hardware": Table.of(rows)})
    assert found is not None
    place = found.columns.index("fits")
    assert [one[place] for one in found.rows] == ["yes", "by the middle", "no", "yes"]
    assert "written by hand" not in found.title
