"""What a notebook shows of a value: a small table in HTML, every text escaped."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

MOST_ROWS = 60


def html_table(title: str, rows: Iterable[Mapping[str, Any]], most: int = MOST_ROWS) -> str:
    """A table in HTML with `title` above it; columns are those of the first row, and a line says how many rows are left out."""
    found = list(rows)
    columns = list(found[0]) if found else []
    head = "".join(f"<th>{escape(str(name))}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(_cell(row.get(name)) for name in columns)}</tr>" for row in found[:most])
    left = f"<p>and {len(found) - most:,} more rows</p>" if len(found) > most else ""
    return f"<p>{escape(title)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{left}"


def digits(value: Any) -> str:
    """A value for people: large numbers with commas, others with four digits."""
    if isinstance(value, bool) or value is None:
        return "-" if value is None else ("no", "yes")[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"
    return str(value)


def _cell(value: Any) -> str:
    side = "left" if isinstance(value, str) else "right"
    return f'<td style="text-align: {side}">{escape(digits(value))}</td>'
