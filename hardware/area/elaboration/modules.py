"""What a module of `hardware/rtl` says of the modules inside it: which ones, told what, when, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Union

from spikewright.hardware.area.elaboration.constants import ParameterFormula, formula
from spikewright.hardware.area.elaboration.tokens import END, Tokens

Item = Union["InnerInstance", "WhereTrue", "Repeated"]


@dataclass(frozen=True)
class InnerInstance:
    """A module inside another: its own name there, and the parameters that it is told."""

    module: str
    name: str
    given: tuple[tuple[str, ParameterFormula], ...]

    @property
    def names(self) -> frozenset[str]:
        """All that its parameters ask for."""
        return frozenset[str]().union(*(value.names for _, value in self.given))


@dataclass(frozen=True)
class ModuleBody:
    """A module's inside, or that of a part which is generated: its `localparam`s, and what has instances in it."""

    values: Mapping[str, ParameterFormula] = field(default_factory=dict)
    items: tuple[Item, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """All that its instances, and when they are there, can ask for."""
        asked = set[str]().union(*(item.names for item in self.items))
        while more := set[str]().union(*(self.values[name].names for name in asked & self.values.keys())) - asked:
            asked |= more
        return frozenset(asked)


@dataclass(frozen=True)
class WhereTrue:
    """`if (condition) yes else no`."""

    condition: ParameterFormula
    yes: ModuleBody
    no: ModuleBody

    @property
    def names(self) -> frozenset[str]:
        """See `ModuleBody`."""
        return self.condition.names | self.yes.names | self.no.names


@dataclass(frozen=True)
class Repeated:
    """`for (variable = first; goes; variable = after) body`."""

    variable: str
    first: ParameterFormula
    goes: ParameterFormula
    after: ParameterFormula
    body: ModuleBody

    @property
    def names(self) -> frozenset[str]:
        """See `ModuleBody`."""
        return self.first.names | self.goes.names | self.after.names | self.body.names


@dataclass(frozen=True)
class RtlModule:
    """A module: its parameters by name with what they are where nothing is said, and its inside."""

    name: str
    parameters: Mapping[str, ParameterFormula]
    body: ModuleBody


def read_module(text: str, where: str) -> RtlModule:
    """The one module in `text`, the content of the file `where`. Raises InvalidFile for what `hardware/rtl` does not use."""
    tokens = Tokens(text, where)
    tokens.expect("module")
    name, parameters = tokens.name(), dict[str, ParameterFormula]()
    if tokens.takes("#"):
        tokens.expect("(")
        while not tokens.takes(")"):
            tokens.expect("parameter")
            _value(tokens, parameters)
            tokens.takes(",")
    tokens.skip_pair()
    tokens.expect(";")
    module = RtlModule(name, parameters, _body(tokens, "endmodule"))
    tokens.expect(END)
    return module


def _value(tokens: Tokens, into: dict[str, ParameterFormula]) -> None:
    if tokens.next == "[":
        tokens.skip_pair()
    name = tokens.name()
    tokens.expect("=")
    into[name] = formula(tokens)


def _body(tokens: Tokens, end: str) -> ModuleBody:
    values, items = dict[str, ParameterFormula](), list[Item]()
    while not tokens.takes(end):
        _statement(tokens, values, items)
    return ModuleBody(values, tuple(items))


def _statement(tokens: Tokens, values: dict[str, ParameterFormula], items: list[Item]) -> None:
    """Read one of a module's statements; what holds no instance is left out."""
    word = tokens.name()
    if word == "localparam":
        _local(tokens, values)
    elif word == "if":
        items += _where_true(tokens)
    elif word == "for":
        items += _repeated(tokens)
    elif word in ("always", "initial"):
        _skip_action(tokens)
    elif word in ("wire", "reg", "integer", "genvar", "assign"):
        tokens.skip_to(";")
    elif word == "function":
        tokens.skip_to("endfunction")
    elif word == "generate":
        inner = _body(tokens, "endgenerate")
        values |= inner.values
        items += inner.items
    elif tokens.next == "#" or tokens.next[:1].isalpha():
        items.append(_instance(tokens, word))
    else:
        raise tokens.error("a statement of a module")


def _local(tokens: Tokens, values: dict[str, ParameterFormula]) -> None:
    """Those with a range are numbers of the circuit, often wider than parameters; none of them is one."""
    if tokens.takes("signed") or tokens.next == "[":
        tokens.skip_to(";")
        return
    _value(tokens, values)
    while tokens.takes(","):
        _value(tokens, values)
    tokens.expect(";")


def _block(tokens: Tokens) -> ModuleBody:
    """What an `if` or a `for` generates: a statement, or many with a name."""
    if tokens.takes("begin"):
        if tokens.takes(":"):
            tokens.name()
        return _body(tokens, "end")
    values, items = dict[str, ParameterFormula](), list[Item]()
    _statement(tokens, values, items)
    return ModuleBody(values, tuple(items))


def _where_true(tokens: Tokens) -> list[Item]:
    tokens.expect("(")
    condition = formula(tokens)
    tokens.expect(")")
    yes = _block(tokens)
    no = _block(tokens) if tokens.takes("else") else ModuleBody()
    return [WhereTrue(condition, yes, no)] if yes.items or no.items else []


def _repeated(tokens: Tokens) -> list[Item]:
    tokens.expect("(")
    variable = tokens.name()
    tokens.expect("=")
    first = formula(tokens)
    tokens.expect(";")
    goes = formula(tokens)
    for token in (";", variable, "="):
        tokens.expect(token)
    after = formula(tokens)
    tokens.expect(")")
    body = _block(tokens)
    return [Repeated(variable, first, goes, after, body)] if body.items else []


def _instance(tokens: Tokens, module: str) -> InnerInstance:
    given = list[tuple[str, ParameterFormula]]()
    if tokens.takes("#"):
        tokens.expect("(")
        while not tokens.takes(")"):
            tokens.expect(".")
            name = tokens.name()
            tokens.expect("(")
            given.append((name, formula(tokens)))
            tokens.expect(")")
            tokens.takes(",")
    name = tokens.name()
    tokens.skip_pair()
    tokens.expect(";")
    return InnerInstance(module, name, tuple(given))


def _skip_action(tokens: Tokens) -> None:
    """Skip what is done at an edge or at the beginning: it holds no instances."""
    while tokens.takes("@"):
        tokens.skip_one()
    if tokens.takes("begin"):
        if tokens.takes(":"):
            tokens.name()
        while not tokens.takes("end"):
            _skip_action(tokens)
    elif tokens.takes("case"):
        tokens.skip_to("endcase")
    elif tokens.takes("if"):
        tokens.skip_pair()
        _skip_action(tokens)
        if tokens.takes("else"):
            _skip_action(tokens)
    elif tokens.takes("for"):
        tokens.skip_pair()
        _skip_action(tokens)
    else:
        tokens.skip_to(";")
