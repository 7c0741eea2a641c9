"""Tables as text for other programs: CSV, and LaTeX for papers."""

import csv
import io
import math
import re
from typing import Any

from spikewright import Table
from spikewright.markup import digits

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{each: f"\\{each}" for each in "&%$#_{}"},
}
"""What LaTeX takes for a command, and how it is written as itself."""


def csv_text(table: Table) -> str:
    """The table as comma separated values with a header line; None is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()


def tex_text(table: Table) -> str:
    r"""The table as a `tabular` of LaTeX with the rules of booktabs: numbers to the right, texts to the left.

    An empty table is its header. A page that shows it needs \usepackage{booktabs}.
    """
    sides = "".join("l" if any(isinstance(value, str) for value in table[name]) else "r" for name in table.columns)
    head = _line(table.columns)
    body = [_line([_number(value) for value in row]) for row in table.rows]
    lines = [rf"\begin{{tabular}}{{{sides}}}", r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}"]
    return "\n".join(lines) + "\n"


def _line(cells: Any) -> str:
    return " & ".join(cell if isinstance(cell, _Tex) else escaped(str(cell)) for cell in cells) + r" \\"


class _Tex(str):
    """Text that is LaTeX already."""


def _number(value: Any) -> str:
    """A value as people read it; powers of ten are written out, and a minus is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return digits(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"inf": _Tex(r"$\infty$"), "-inf": _Tex(r"$-\infty$")}.get(str(value), "-")
    shown = digits(value)
    power = re.fullmatch(r"(.+)e([+-]\d+)", shown)
    if power:
        return _Tex(rf"${power[1]} \cdot 10^{{{int(power[2])}}}$")
    return _Tex(f"${shown.replace(',', '{,}')}$") if shown.startswith("-") else shown


def escaped(text: str) -> str:
    """Text that LaTeX shows as it stands."""
    return "".join(SPECIAL.get(each, each) for each in " ".join(text.split()))
