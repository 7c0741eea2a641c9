"""A span is data: which steps are one obstacle."""

from spikewright.conversion.reading.obstacles.catalogue import CATALOGUE
from spikewright.conversion.reading.obstacles.span import Span


def test_a_span_needs_no_value_that_goes_on() -> None:
    span = Span("b", ("a", "b"), CATALOGUE["attention"])
    assert span.reads is None and span.told == "" and span == Span("b", ("a", "b"), CATALOGUE["attention"])
