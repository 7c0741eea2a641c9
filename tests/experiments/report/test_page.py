"""The page: one file, escaped, and what it says."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidFile, Table
from spikewright.experiments.report import rerun, write_report
from spikewright.experiments.studies.study import StudyResult
from tests.experiments.studies.made_results import result_of

ACCURACY = [
    {"network": "ann", "kind": "ANN", "accuracy": 0.9875, "low": 0.97, "high": 0.995, "samples": 400, "seed": 0},
    {"network": "<b>evil</b>", "kind": "SNN", "accuracy": 0.98, "low": 0.96, "high": 0.99, "samples": 400,
     "spikes_per_neuron": 0.25, "seed": 0},
]  # fmt: skip


CHECKS = Table.of([
    {"check": "accuracy of the ANN", "measured": 0.9875, "target": "at least 0.975", "holds": True},
    {"check": "spikes", "measured": 0.9, "target": "at most 0.6", "holds": False},
])  # fmt: skip


def result_in(folder: Path, **tables: list[dict[str, Any]]) -> StudyResult:
    """A finished study without cells, as `write_report` sees it."""
    return result_of(folder, **{"accuracy": ACCURACY, **tables})


class Links(HTMLParser):
    """Collects what a page would load, and the tags that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]


def test_a_page_of_one_file(tmp_path: Path) -> None:
    path = write_report(result_in(tmp_path), CHECKS)
    text = path.read_text()
    links = Links()
    links.feed(text)
    assert not [link for link in links.loaded if not link.startswith(("data:", "figures/"))]
    assert "script" not in links.tags and "link" not in links.tags and "@import" not in text and "url(" not in text
    assert 'name="viewport"' in text


def test_it_says_what_was_measured_and_where_from(tmp_path: Path) -> None:
    result = result_in(tmp_path)
    text = write_report(result, CHECKS).read_text()
    for told in ("98.8%", "0.25 spikes per neuron", "accuracy of the ANN", "at most 0.6", 'class="no"', 'class="yes"'):
        assert told in text
    for told in (result.provenance.configuration, result.provenance.versions["numpy"], rerun(result)):
        assert told in text
    assert (tmp_path / "tables" / "checks.csv").is_file()


def test_names_are_escaped(tmp_path: Path) -> None:
    text = write_report(result_in(tmp_path)).read_text()
    assert "<b>evil</b>" not in text and "&lt;b&gt;evil" in text


def test_sections_without_data_are_left_out(tmp_path: Path) -> None:
    text = write_report(result_in(tmp_path)).read_text()
    assert "Conversion report" not in text and "Checks" not in text and "Hardware" not in text


def test_a_refused_row_is_shown(tmp_path: Path) -> None:
    row = {"network": "rate", "layer": "pool", "kind": "maxpool", "action": "refused", "detail": "try AvgPool2d"}
    text = write_report(result_in(tmp_path, conversion=[row])).read_text()
    assert "Conversion report" in text and "try AvgPool2d" in text


def test_nothing_is_left_when_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((InvalidFile, OSError)):
        write_report(result_in(tmp_path / "file"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
