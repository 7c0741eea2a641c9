"""Tables in short: shapes and defaults of settings as a command line writes them."""

from spikewright.experiments.cli.catalogue import Setting
from spikewright.experiments.tables_in_short import described, plain


def settings(noun: str, name: str) -> dict[str, Setting]:
    entry = next(one for one in described()[noun] if one.name == name)
    return {setting.name: setting for setting in entry.settings}


def test_shapes_say_which_flag_a_setting_has() -> None:
    rate = settings("recipe", "rate")
    assert {name: rate[name].shape for name in ("steps", "per_channel", "limits", "residual", "calibration")} == {
        "steps": "value", "per_channel": "switch", "limits": "list", "residual": "nested", "calibration": "value",
    }  # fmt: skip


def test_defaults_are_written_as_on_a_command_line() -> None:
    rate, pgd = settings("recipe", "rate"), settings("attack", "pgd")
    assert (rate["per_channel"].default, rate["limits"].default, rate["neuron"].default) == ("none", "none", "if")
    assert pgd["steps"].default == "20" and settings("training", "train")["flip"].default == "no"


def test_plain_values_leave_out_what_is_empty() -> None:
    (device, *_) = plain(described())["device"]
    assert set(device) == {"name", "summary"} and "LUT" in device["summary"]
