"""Progress goes to a callback; the silent one shows nothing."""

import pytest

from spikewright.progress import Progress, silent


def test_the_silent_callback_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    told: Progress = silent
    assert told("train", 0, 3) is None
    shown = capsys.readouterr()
    assert not shown.out and not shown.err
