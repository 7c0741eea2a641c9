"""A page is opened in a real browser, where there is one."""

from pathlib import Path

import pytest

from benchmarks.runs import browser
from benchmarks.runs.browser import opened_s, version_of_chromium


def test_without_a_browser_nothing_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(browser, "CHROMIUM", None)
    assert opened_s(tmp_path / "page.html") == {} and version_of_chromium() == "no Chromium"


@pytest.mark.slow
@pytest.mark.skipif(browser.CHROMIUM is None, reason="no chromium here")
def test_a_page_is_opened(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body>text</body></html>")
    times = opened_s(tmp_path / "page.html")
    assert 0 < times["interactive_s"] <= times["opened_s"]
