"""Devices as files: one YAML or TOML file each, whose keys are the fields of `Device`."""

import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import yaml

from spikewright import InvalidFile, SpikewrightError
from spikewright.hardware.devices.record import Device
from spikewright.hardware.model.interval import Interval
from spikewright.tables import nearest, options

MOST_BYTES = 2**16
SUFFIXES = (".yaml", ".yml", ".toml")
"""Endings of files of devices."""
_HELP = f"see the fields of hardware.Device, or copy {Path(__file__).with_name('xc7a100t.yaml')}"


def read_device(path: str | Path) -> Device:
    """The device that a YAML file describes, or a TOML file; `static_w` is a list of three numbers.

    Raises InvalidFile for a file that is not there, cannot be read as what its name says, or has keys that a device lacks or
    lacks one that it needs.
    """
    path = Path(path)
    found = _content(path)
    known = {option.name for option in options(Device)}
    for key in found:
        if key not in known:
            way = nearest(key, known) or ", ".join(sorted(known))
            raise InvalidFile(f"expected the fields of a device in {path}, got {key!r}; try {way}")
    lacking = [one.name for one in fields(Device) if one.default is MISSING and one.name not in found]
    if lacking:
        raise InvalidFile(f"expected all fields of a device in {path}, got none of {', '.join(lacking)}; {_HELP}")
    watts = found["static_w"]
    if not (isinstance(watts, list) and len(watts) == 3 and all(type(one) in (int, float) for one in watts)):
        raise InvalidFile(
            f"expected static_w in {path} as three numbers of watts, low, middle and high, got {watts!r:.60};"
            " try static_w: [0.05, 0.1, 0.2]"
        )
    found["static_w"] = Interval(*(float(one) for one in watts))
    try:
        return Device(**found)
    except (SpikewrightError, TypeError) as error:
        raise InvalidFile(f"expected a device in {path}, got: {error}; {_HELP}") from error


def _content(path: Path) -> dict[str, Any]:
    kind = "TOML" if path.suffix.lower() == ".toml" else "YAML"
    if not path.exists():
        raise InvalidFile(f"expected the file of a device at {path}, got none; try the name of a known device")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidFile(f"expected a device of at most {MOST_BYTES} bytes in {path}, got {path.stat().st_size}")
        text = path.read_text("utf-8")
        found = tomllib.loads(text) if kind == "TOML" else yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, yaml.YAMLError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise InvalidFile(f"expected a device as {kind} in {path}, got: {told}; {_HELP}") from error
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise InvalidFile(f"expected the fields of a device in {path}, got other {kind}; {_HELP}")
    return found
