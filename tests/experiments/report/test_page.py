"""The page: one file, escaped, and what it says."""

import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidFile, Table
from spikewright.experiments.records.freshness import MadeFiles
from spikewright.experiments.report import rerun, write_report
from spikewright.experiments.studies.study import StudyResult, run_study
from tests.experiments.studies.made_results import result_of
from tests.experiments.studies.small_study import small

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
    assert not [link for link in links.loaded if not link.startswith(("data:", "figures/", "#"))]
    assert links.tags.count("script") == 1 and "link" not in links.tags and "@import" not in text and "url(" not in text
    assert 'name="viewport"' in text


def test_it_says_what_was_measured_and_where_from(tmp_path: Path) -> None:
    result = result_in(tmp_path)
    text = write_report(result, CHECKS).read_text()
    for told in ("98.8 <small>97.0 to 99.5", "accuracy of the ANN", "at most 0.6", 'class="no"', 'class="yes"'):
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


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def opened(path: Path, hash_: str, profile: Path) -> tuple[str, str]:
    """The page after its script, as a headless browser has it, and what the browser said."""
    told = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--enable-logging=stderr"]
    done = subprocess.run(
        [str(CHROMIUM), *told, "--dump-dom", f"{path.as_uri()}#{hash_}"], capture_output=True, text=True, timeout=120
    )
    return done.stdout, done.stderr


def shown_rows(dom: str, table: str) -> list[str]:
    """The first cells of the rows of a table that are not hidden, from the top."""
    rows = dom.partition(f'data-name="{table}"')[2].partition("</table>")[0].split("<tr")[2:]
    return [
        row.partition("<td")[2].partition(">")[2].partition("<")[0] for row in rows if "hidden" not in row.split(">")[0]
    ]


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
@pytest.mark.slow
def test_tables_sort_and_filter_in_a_browser_without_an_error(tmp_path: Path) -> None:
    speeds = [("a", 900.0), ("b", 12000.5), ("c", None), ("d", 3.25), ("e", 47.0)]
    rows = [{"network": name, "speed": speed, "note": "<i>&amp;" if name == "e" else "x"} for name, speed in speeds]
    path = write_report(result_in(tmp_path / "study", speeds=rows), CHECKS)
    for asked, names in {
        "": "abcde",
        "table=speeds&sort=speed": "deabc",
        "table=speeds&sort=speed&order=down": "baedc",
        "table=speeds&sort=network&order=down&filter=X": "dcba",
        "table=speeds&filter=nothing": "",
        "table=none": "abcde",
    }.items():
        dom, said = opened(path, asked, tmp_path / "profile")
        assert "".join(shown_rows(dom, "speeds")) == names, asked
        assert "CONSOLE" not in said and "Uncaught" not in said


def test_a_page_of_a_run_that_goes_on_loads_itself_anew_and_no_other(tmp_path: Path) -> None:
    result = result_in(tmp_path)
    going = replace(result, state=replace(result.state, cells=7, stored=3))
    assert 'http-equiv="refresh"' not in write_report(result).read_text()
    text = write_report(going).read_text()
    assert 'http-equiv="refresh"' in text and "Running, 3 of 7 cells" in text
    ended = replace(going, state=replace(going.state, ending="incomplete"))
    assert 'http-equiv="refresh"' not in write_report(ended).read_text()


def test_a_fault_in_one_cell_leaves_a_report_of_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, work: object) -> None:
        raise RuntimeError("planted <here>")

    monkeypatch.setattr("spikewright.experiments.stages.simulation.SimulateStage.run", broken)
    result = run_study(small(), tmp_path / "study")
    assert not result.complete
    text = write_report(result).read_text()
    assert "2 of 3 cells have a result" in text and "planted &lt;here&gt;" in text
    assert "Most accurate: ann" in text and "Conversion report" in text


def test_a_study_without_any_result_has_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, work: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("spikewright.experiments.stages.training.TrainStage.run", broken)
    text = write_report(run_study(small(), tmp_path / "study")).read_text()
    assert "0 of 3 cells have a result" in text and "2 wait" in text


def test_large_tables_are_capped_and_the_page_says_where_the_rest_is(tmp_path: Path) -> None:
    rows = [{"network": "a", "point": n} for n in range(30_000)]
    path = write_report(result_in(tmp_path, points=rows))
    text = path.read_text()
    assert "29,600 more are in <code>tables/points.csv</code>" in text and path.stat().st_size < 1_000_000


def test_a_page_that_is_up_to_date_stays_and_one_of_other_tables_checks_or_code_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "spikewright.experiments.records.provenance.current_commit"
    monkeypatch.setattr(place, lambda: "first")
    result = result_in(tmp_path)
    result = replace(result, state=replace(result.state, ending="finished"))
    MadeFiles(tmp_path, "tables").keep(["cells"], [])
    path = write_report(result, CHECKS)

    def is_made_again(checks: Table | None = CHECKS) -> bool:
        before = path.stat().st_mtime_ns
        write_report(result, checks)
        return path.stat().st_mtime_ns > before

    assert not is_made_again()
    assert is_made_again(None) and not is_made_again(None)
    MadeFiles(tmp_path, "tables").keep(["other cells"], [])
    assert is_made_again() and not is_made_again()
    monkeypatch.setattr(place, lambda: "second")
    assert is_made_again() and not is_made_again()
    path.unlink()
    assert write_report(result, CHECKS).is_file()
