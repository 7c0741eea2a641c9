"""Constant expressions of Verilog: what a parameter comes to, from the names that are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spikewright import InvalidFile
from spikewright.hardware.area.elaboration.tokens import Tokens

Value = int | str
Known = Mapping[str, Value]
_BASES = {"b": 2, "d": 10, "h": 16}


@dataclass(frozen=True)
class ParameterFormula:
    """`value(known)` gives what it comes to, an integer of any size or a text; `names` are all that it asks for."""

    value: Callable[[Known], Value]
    names: frozenset[str] = frozenset()


def _quotient(a: int, b: int) -> int:
    """Towards zero, as in Verilog."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_TWO: tuple[Mapping[str, Callable[[int, int], Value]], ...] = (
    {"||": lambda a, b: int(bool(a) or bool(b))},
    {"&&": lambda a, b: int(bool(a) and bool(b))},
    {"|": lambda a, b: a | b},
    {"^": lambda a, b: a ^ b},
    {"&": lambda a, b: a & b},
    {"==": lambda a, b: int(a == b), "!=": lambda a, b: int(a != b)},
    {
        "<": lambda a, b: int(a < b),
        "<=": lambda a, b: int(a <= b),
        ">": lambda a, b: int(a > b),
        ">=": lambda a, b: int(a >= b),
    },
    {"<<": lambda a, b: a << b, ">>": lambda a, b: a >> b, "<<<": lambda a, b: a << b, ">>>": lambda a, b: a >> b},
    {"+": lambda a, b: a + b, "-": lambda a, b: a - b},
    {"*": lambda a, b: a * b, "/": _quotient, "%": lambda a, b: a - _quotient(a, b) * b},
)
"""Operators of two sides, those that bind least first. Sides that are read twice cost nothing: all are constants."""
_ONE: Mapping[str, Callable[[int], int]] = {"-": lambda a: -a, "+": lambda a: a, "!": lambda a: int(not a)}


def formula(tokens: Tokens) -> ParameterFormula:
    """The expression that is next. Raises InvalidFile for operators that no parameter of `hardware/rtl` needs."""
    condition = _two_sided(tokens, 0)
    if not tokens.takes("?"):
        return condition
    yes = formula(tokens)
    tokens.expect(":")
    no = formula(tokens)
    names = condition.names | yes.names | no.names
    return ParameterFormula(lambda known: (yes if condition.value(known) else no).value(known), names)


def _two_sided(tokens: Tokens, level: int) -> ParameterFormula:
    if level == len(_TWO):
        return _operand(tokens)
    left = _two_sided(tokens, level + 1)
    while tokens.next in _TWO[level]:
        left = _joined(_TWO[level][tokens.take()], left, _two_sided(tokens, level + 1))
    return left


def _joined(operator: Callable[..., Value], left: ParameterFormula, right: ParameterFormula) -> ParameterFormula:
    return ParameterFormula(lambda known: operator(left.value(known), right.value(known)), left.names | right.names)


def _operand(tokens: Tokens) -> ParameterFormula:
    token = tokens.take()
    if token in _ONE:
        inner, operator = _operand(tokens), _ONE[token]
        return ParameterFormula(lambda known: operator(inner.value(known)), inner.names)  # type: ignore[arg-type]
    if token == "(":
        inside = formula(tokens)
        tokens.expect(")")
        return inside
    if token[:1].isalpha() and tokens.next not in ("(", "["):
        return ParameterFormula(lambda known: known[token], frozenset({token}))
    number = _constant(token, tokens)
    return ParameterFormula(lambda known: number)


def _constant(token: str, tokens: Tokens) -> Value:
    if token.startswith('"'):
        return token[1:-1]
    size, tick, digits = token.replace("_", "").partition("'")
    if not tick and size.isdigit():
        return int(size)
    if tick and digits[0].lower() in _BASES:
        return int(digits[1:], _BASES[digits[0].lower()])
    raise InvalidFile(f"expected a number, a text or a name in an expression in {tokens.where}, got {token!r}")
