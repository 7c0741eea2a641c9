"""Verilog text as words, read one behind the other."""

import re

from spikewright import InvalidFile

_TOKEN = re.compile(
    r"(?P<nothing>\s+|//[^\n]*|/\*.*?\*/|\(\*(?!\)).*?\*\))"
    r'|(?P<text>"[^"\n]*")'
    r"|(?P<sized>\d*'s?[bdhBDH][0-9a-fA-F_]+)"
    r"|(?P<number>\d[\d_]*)"
    r"|(?P<name>\$?[A-Za-z_][\w$]*)"
    r"|(?P<sign><<<|>>>|===|!==|<=|>=|==|!=|&&|\|\||<<|>>|\+:|-:|[-+*/%()\[\]{}?:;,.=<>!~&|^@#])",
    re.DOTALL,
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
END = ""
"""The token behind the last."""


class Tokens:
    """The tokens of `text` without comments, attributes and blanks; `where` names it in errors.

    Raises InvalidFile for a character that begins none, and where a token is not the one that is expected.
    """

    def __init__(self, text: str, where: str) -> None:
        self.where, self._at, self._found, end = where, 0, list[str](), 0
        while end < len(text):
            match = _TOKEN.match(text, end)
            if match is None:
                raise InvalidFile(f"expected Verilog as in hardware/rtl, got {text[end : end + 20]!r} in {where}")
            if match.lastgroup != "nothing":
                self._found.append(match.group())
            end = match.end()
        self._found.append(END)

    @property
    def next(self) -> str:
        """The token that `take` gives."""
        return self._found[self._at]

    def take(self) -> str:
        """The next token; the one behind it is next."""
        found = self._found[self._at]
        self._at += found != END
        return found

    def takes(self, wanted: str) -> bool:
        """Whether the next token is `wanted`; if so it is taken."""
        return self.next == wanted and self.take() == wanted

    def expect(self, wanted: str) -> None:
        """Take `wanted`. Raises InvalidFile where another token is next."""
        if not self.takes(wanted):
            raise self.error(repr(wanted))

    def name(self) -> str:
        """Take a name. Raises InvalidFile where none is next."""
        if not (self.next[:1].isalpha() or self.next[:1] == "_"):
            raise self.error("a name")
        return self.take()

    def skip_pair(self) -> None:
        """Skip a bracket, what is in it, and the one that closes it."""
        closing = _PAIRS.get(self.next)
        if closing is None:
            raise self.error("a bracket")
        self.take()
        while self.next != closing:
            self.skip_one()
        self.take()

    def skip_one(self) -> None:
        """Skip a token, or a pair of brackets with all that is in it."""
        if self.next == END:
            raise self.error("more")
        if self.next in _PAIRS:
            self.skip_pair()
        else:
            self.take()

    def skip_to(self, wanted: str) -> None:
        """Skip all before `wanted`, which no bracket holds, and it too."""
        while self.next != wanted:
            self.skip_one()
        self.take()

    def error(self, wanted: str) -> InvalidFile:
        """What is raised where something else than `wanted` is next."""
        behind = " ".join(self._found[max(0, self._at - 6) : self._at])
        return InvalidFile(f"expected {wanted} behind {behind!r} in {self.where}, got {self.next or 'its end'!r}")
