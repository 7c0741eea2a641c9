"""The words of a report are told in one line each."""

from spikewright.experiments.report.words import WORDS


def test_each_word_has_one_short_line() -> None:
    assert all(meaning and "\n" not in meaning and len(meaning) < 120 for meaning in WORDS.values())
