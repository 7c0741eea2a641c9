"""Kinds of files, by what they hold."""

from pathlib import Path

from spikewright.kinds import LAST_BYTES, first_line, holds, holds_last, in_metadata, json_with


def test_files_are_known_by_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"", b"\xff" * 9, b"{}", b"[" * 100_000, b"\x08" + b"\0" * 7 + b"[]      ", b"a,b\r\n1,2\r\n"):
        path.write_bytes(content)
        assert not in_metadata("spikewright")(path) and not json_with("a")(path)
        assert first_line(b"a,b")(path) == content.startswith(b"a,b")
    assert not holds(b"x")(tmp_path / "missing") and not json_with("a")(tmp_path / "missing")


def test_a_mark_at_the_end_is_found_there_and_no_earlier(tmp_path: Path) -> None:
    for name, content in {
        "end": b"x" * LAST_BYTES + b"mark",
        "start": b"mark" + b"x" * LAST_BYTES,
        "short": b"mark",
    }.items():
        (tmp_path / name).write_bytes(content)
    found = [holds_last(b"mark")(tmp_path / name) for name in ("end", "start", "short", "missing")]
    assert found == [True, False, True, False]
