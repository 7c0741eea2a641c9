"""Limits that hold before a file is opened."""

import pytest
from pydantic import ValidationError

from spikewright.hardware.core.schema_parts import CoreMemory, title


def memory(**changed: object) -> CoreMemory:
    plain = {"file": "memories/a.mem", "shape": [2, 3], "bits": 4, "signed": True, "sha256": "0" * 64}
    return CoreMemory.model_validate(plain | changed)


def test_words_are_counted_from_the_shape() -> None:
    assert memory().words == 6


@pytest.mark.parametrize(
    "changed",
    [
        {"file": "../a.mem"},
        {"file": "memories/A.mem"},
        {"shape": []},
        {"shape": [0]},
        {"shape": [2**20, 2**20]},
        {"bits": 65},
        {"sha256": "f"},
    ],
)
def test_what_no_memory_can_be_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        memory(**changed)


def test_titles_lose_the_prefix() -> None:
    assert [title(name) for name in ("CoreMemory", "Core")] == ["Memory", "Core"]
