"""Figures inside the page."""

from pathlib import Path

from spikewright.experiments.report.inlined import inline


def test_the_svg_unless_it_is_much_larger(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x" * 10)
    (tmp_path / "a.svg").write_bytes(b"y" * 70)
    assert inline(tmp_path / "a").startswith("data:image/svg+xml;base64,")
    (tmp_path / "a.svg").write_bytes(b"y" * 90)
    assert inline(tmp_path / "a").startswith("data:image/png;base64,")
