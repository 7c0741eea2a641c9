"""The instances of modules in the text of a circuit, as `verilog.instance` writes them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_INSTANCE = re.compile(r"^(?P<module>sw_\w+) (?:#\((?P<given>.*)\)\n    )?(?P<name>\w+) \(", re.MULTILINE)
_GIVEN = re.compile(r'\.(\w+)\((?:"([^"]*)"|\d+\'d(\d+)|(-?\d+))\)')


@dataclass(frozen=True)
class ModuleInstance:
    """A module by its name in `hardware/rtl`, the name of the instance, and what it is told: numbers, and names of files."""

    module: str
    name: str
    parameters: Mapping[str, int | str]

    def number(self, parameter: str, otherwise: int = 0) -> int:
        """A parameter that is a number."""
        value = self.parameters.get(parameter, otherwise)
        assert isinstance(value, int)
        return value


def read_instances(text: str) -> Iterator[ModuleInstance]:
    """All that are in `text`, in its order."""
    for found in _INSTANCE.finditer(text):
        yield _read(found)


def _read(found: "re.Match[str]") -> ModuleInstance:
    given = {
        key: file if not (wide or plain) else int(wide or plain)
        for key, file, wide, plain in _GIVEN.findall(found["given"] or "")
    }
    return ModuleInstance(found["module"], found["name"], given)
