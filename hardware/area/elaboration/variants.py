"""The modules of a circuit with all their parameters, and how often each is there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

from spikewright import InvalidFile
from spikewright.hardware.area.elaboration.constants import ParameterFormula, Value, formula
from spikewright.hardware.area.elaboration.glue import Glue
from spikewright.hardware.area.elaboration.modules import (
    InnerInstance,
    Item,
    ModuleBody,
    Repeated,
    RtlModule,
    WhereTrue,
    read_module,
)
from spikewright.hardware.area.elaboration.tokens import Tokens
from spikewright.hardware.circuit.instances import ModuleInstance, read_instances

Given = tuple[tuple[str, Value], ...]
TOP = "sw_core"
UNREAD = {
    "sw_array": {
        "d_keep": "HELD == 0",
        "d_block4": "HELD == 0",
        "d_drive": "HELD != 0",
        "d_phase": "WEIGHED == 0",
        "d_drives": "HELD == 0 && DRIVEN_ONCE == 0 && WEIGHED == 0",
    }
}
"""Module -> instance in it -> where nothing reads what it gives, so that a synthesis tool leaves it out."""


@dataclass(frozen=True)
class ModuleVariant:
    """A module of `hardware/rtl` by its name, with the value of each of its parameters, those that nobody told it too."""

    module: str
    parameters: Given = ()

    @cached_property
    def by_name(self) -> Mapping[str, Value]:
        """Parameters by their names."""
        return dict(self.parameters)


class _Scope(dict[str, Value]):
    """Values by name. What is not there yet is worked out when it is asked for: here, else in the scope around this one."""

    def __init__(
        self, known: Mapping[str, Value], rest: Mapping[str, ParameterFormula], around: "_Scope | None" = None
    ) -> None:
        super().__init__(known)
        self._rest, self._around = rest, around

    def __missing__(self, name: str) -> Value:
        if name in self._rest:
            found = self[name] = self._rest[name].value(self)
            return found
        if self._around is None:
            raise InvalidFile(f"expected a parameter or a localparam without a range, got {name!r}")
        return self._around[name]


@dataclass(frozen=True)
class ModuleUse:
    """How often a circuit, or a part of one, has a variant of a module."""

    variant: ModuleVariant
    count: int

    @property
    def module(self) -> str:
        """The module by its name."""
        return self.variant.module

    @property
    def parameters(self) -> Mapping[str, Value]:
        """The value of each of its parameters."""
        return self.variant.by_name


def circuit_uses(text: str) -> tuple[ModuleUse, ...]:
    """The modules of the circuit, or layer, in `text`, as Yosys finds them where modules are kept, with the top level itself.

    The top level has no parameters in Verilog; here it has the look-up tables of its own as JOINED and FORKED (`Glue`).
    """
    return (ModuleUse(ModuleVariant(TOP, Glue.of(text).parameters), 1), *instance_uses(read_instances(text)))


def instance_uses(instances: Iterable[ModuleInstance]) -> tuple[ModuleUse, ...]:
    """Instances, and all that are inside them. Raises InvalidFile for a module or a parameter that `hardware/rtl` lacks."""
    found = Counter[ModuleVariant]()
    for one in instances:
        found.update(_tree(one.module, tuple(one.parameters.items())))
    return tuple(ModuleUse(variant, count) for variant, count in found.items())


@lru_cache(maxsize=1 << 16)
def _tree(name: str, given: Given) -> Mapping[ModuleVariant, int]:
    module = _module(name)
    unknown = dict(given).keys() - module.parameters.keys()
    if unknown:
        raise InvalidFile(f"expected parameters of {name}, got {', '.join(sorted(unknown))}")
    scope = _Scope(dict(given), {**module.parameters, **module.body.values})
    found = Counter({ModuleVariant(name, tuple((key, scope[key]) for key in sorted(module.parameters))): 1})
    for inner, told, count in _inside(module.body, scope):
        for variant, each in _tree(inner, told).items():
            found[variant] += each * count
    return found


def _inside(body: ModuleBody, scope: _Scope) -> Iterator[tuple[str, Given, int]]:
    """Modules directly inside: the name, what it is told, and how often."""
    for item in body.items:
        if isinstance(item, WhereTrue):
            chosen = item.yes if item.condition.value(scope) else item.no
            yield from _inside(chosen, _Scope({}, chosen.values, scope))
        elif isinstance(item, Repeated):
            yield from _rounds(item, scope)
        else:
            yield item.module, tuple((key, value.value(scope)) for key, value in item.given), 1


def _rounds(item: Repeated, scope: _Scope) -> Iterator[tuple[str, Given, int]]:
    """All rounds of a loop; where nothing in it asks for the number of the round, one of them so many times."""
    numbers, within = list[Value](), _Scope({item.variable: item.first.value(scope)}, {}, scope)
    while item.goes.value(within):
        numbers.append(within[item.variable])
        within[item.variable] = item.after.value(within)
    differ = item.variable in item.body.names
    for number in numbers if differ else numbers[:1]:
        inside = _Scope({item.variable: number}, item.body.values, scope)
        for name, given, count in _inside(item.body, inside):
            yield name, given, count if differ else count * len(numbers)


@cache
def _module(name: str) -> RtlModule:
    path = Path(str(files("spikewright.hardware") / "rtl" / f"{name}.v"))
    if not path.is_file():
        raise InvalidFile(f"expected a module of hardware/rtl, got {name!r}")
    module = read_module(path.read_text("utf-8"), path.name)
    unread = {item: formula(Tokens(where, f"UNREAD of {name}")) for item, where in UNREAD.get(name, {}).items()}
    return replace(module, body=replace(module.body, items=tuple(_read(item, unread) for item in module.body.items)))


def _read(item: Item, unread: Mapping[str, ParameterFormula]) -> Item:
    """An instance that is there only where something reads it, as it is generated then."""
    where = unread.get(item.name) if isinstance(item, InnerInstance) else None
    return item if where is None else WhereTrue(where, ModuleBody(), ModuleBody({}, (item,)))
