"""The FPGAs that designs are put on: each is a YAML file in this folder, and a new one is a new file.

A user's own is `device="board.yaml"`, a `Device`, or the "package.module:OBJECT" of one.
"""

from pathlib import Path

from spikewright import InvalidInput
from spikewright.hardware.devices.files import SUFFIXES, read_device
from spikewright.hardware.devices.record import Device
from spikewright.tables import Family, nearest

__all__ = ["DEVICES", "Device", "device", "listed", "read_device"]

_FILES = sorted(Path(__file__).parent.glob("*.yaml"), key=lambda path: path.name)
DEVICES: Family[Device] = Family("device", Device, {one.name: one for one in map(read_device, _FILES)}, finished=True)
"""Name -> device."""
_OTHER_NAMES = {other: one.name for one in DEVICES.values() for other in one.also}


def listed(name: str) -> Device:
    """The device of a name in the table, in upper or lower case. Raises InvalidInput for another name; never runs code."""
    key = str(name).lower()
    key = _OTHER_NAMES.get(key, key)
    if key not in DEVICES:
        way = nearest(key, DEVICES) or "your own, as a YAML file or a hardware.Device"
        raise InvalidInput(f"expected a device out of {', '.join(DEVICES)}, got {name!r:.60}; try {way}")
    return DEVICES[key]


def device(given: "str | Path | Device") -> Device:
    """The device of a name, of a YAML or TOML file, of "package.module:OBJECT", or the record itself.

    Raises InvalidInput with the known names for another name, and InvalidFile for a damaged file.
    """
    if isinstance(given, Device):
        return given
    if isinstance(given, str) and ":" in given:
        return DEVICES.find(given)
    if Path(str(given).lower()).suffix in SUFFIXES:
        return read_device(given)
    return listed(str(given) if isinstance(given, Path) else given)
