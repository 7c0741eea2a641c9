"""One family of errors, each also what Python would have raised."""

import pickle

import pytest

from spikewright.errors import (
    InvalidFile,
    InvalidInput,
    InvalidNetwork,
    MissingTool,
    SpikewrightError,
    UnusableCheckpoint,
)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (InvalidInput, ValueError),
        (InvalidNetwork, ValueError),
        (InvalidFile, ValueError),
        (MissingTool, RuntimeError),
        (UnusableCheckpoint, ValueError),
    ],
)
def test_every_error_is_of_the_family_and_of_a_plain_kind(kind: type[Exception], plain: type[Exception]) -> None:
    assert issubclass(kind, SpikewrightError) and issubclass(kind, plain)


def test_errors_travel_between_processes() -> None:
    again = pickle.loads(pickle.dumps(InvalidInput("expected this, got that")))
    assert type(again) is InvalidInput and str(again) == "expected this, got that"
