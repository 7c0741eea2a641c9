"""Figures inside the page, as data addresses."""

import base64
from pathlib import Path

KINDS = {"svg": "image/svg+xml", "png": "image/png"}


def inline(base: Path) -> str:
    """The figure with the files `base`.svg and `base`.png: the SVG, or the PNG where the SVG is more than 8 times larger."""
    choices = [(base.with_name(f"{base.name}.{ending}"), kind) for ending, kind in KINDS.items()]
    found = [(path, kind) for path, kind in choices if path.is_file()]
    path, kind = min(found, key=lambda choice: choice[0].stat().st_size / (8 if choice[1] != "image/png" else 1))
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
