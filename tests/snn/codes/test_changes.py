"""Codes of what changes: channels of a camera, frames, microseconds."""

import pytest

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import AddressEvents, Delta


def test_on_and_off_share_an_image() -> None:
    assert Delta(3, 0.5).image_shape((4, 2, 2)) == (2, 2, 2) and not Delta(3, 0.5).bounded
    with pytest.raises(InvalidNetwork, match="twice the channels"):
        Delta(3, 0.5).image_shape((3, 2, 2))


def test_what_they_take() -> None:
    assert (Delta(3, 0.5).takes, AddressEvents(3, 10).takes, AddressEvents(3, 10, 4).most) == ("frames", "events", 4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Delta(3, 0.0), "threshold > 0"),
        (lambda: AddressEvents(3, 0), "microseconds"),
        (lambda: AddressEvents(3, 10, 0), "limit of 1 to 127"),
    ],
)
def test_what_a_record_refuses(make, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        make()
