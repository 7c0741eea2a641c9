"""Flags as data: what is told of them, and those that a table's settings give."""

from argparse import Namespace

from spikewright.experiments.cli.flags import TableFlags, flag


def test_a_default_is_told_where_there_is_one() -> None:
    assert flag("--a", told="many", default=3).told == "many (default: 3)"
    assert flag("--a", told="many", default=1).told == "many (default: 1)"
    assert flag("--a", told="many", default=[0.1, 0.2]).told == "many (default: 0.1 0.2)"
    assert [flag("--a", told="many", default=one).told for one in (None, [], True)] == ["many"] * 3


def test_a_setting_of_several_entries_is_one_flag_that_says_what_it_is_for_each() -> None:
    steps = next(one for one in TableFlags("recipe").flags() if "--steps" in one.names)
    assert "rate" in steps.told and "default: 7" in steps.told and "default: 64" in steps.told
    assert steps.settings["default"] is None and steps.settings["dest"] == "steps"


def test_entries_and_settings_can_be_chosen() -> None:
    chosen = TableFlags("stage", ("hardware",), ("device", "clock_mhz"), {"clock_mhz": "--clock"})
    assert [one.names for one in chosen.flags()] == [("--device",), ("--clock-mhz", "--clock")]


def test_only_what_was_given_is_given() -> None:
    options = Namespace(**dict.fromkeys(TableFlags("attack").by_name()))
    options.steps, options.norm = "3", None
    assert TableFlags("attack").given(options) == {"steps": "3"}


def test_lists_are_joined() -> None:
    options = Namespace(**dict.fromkeys(TableFlags("recipe").by_name()))
    options.limits, options.per_channel = ["conv1=2", "fc=5"], False
    assert TableFlags("recipe").given(options) == {"limits": "conv1=2,fc=5", "per_channel": False}
