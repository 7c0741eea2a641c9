"""Programs take turns, and the first call of each does not count."""

from benchmarks.timing import Run, take_turns


def test_runs_take_turns_and_the_first_call_does_not_count() -> None:
    calls: list[str] = []
    speeds = take_turns({name: Run(lambda name=name: calls.append(name), 10) for name in "ab"}, 3)
    assert calls == list("abababab")
    assert all(speed.low <= speed.median <= speed.high for speed in speeds.values())
