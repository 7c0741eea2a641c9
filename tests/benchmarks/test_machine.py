"""The line that says what a benchmark ran on."""

from benchmarks.machine import machine


def test_processor_cores_threads_and_versions() -> None:
    assert all(word in machine() for word in ("processor: ", " cores; threads: engine ", "python 3.", "numba "))
