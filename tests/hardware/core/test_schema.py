"""The shipped schema is that of the models, and a core follows it."""

import json
from pathlib import Path

import pytest

from spikewright.hardware.core import schema
from spikewright.hardware.core.schema import SCHEMA_FILE, Core, schema_text


def test_shipped_schema_is_up_to_date() -> None:
    assert (Path(schema.__file__).parent / SCHEMA_FILE).read_text() == schema_text()


def test_core_json_follows_the_shipped_schema(folder: Path) -> None:
    import jsonschema

    jsonschema.validate(json.loads((folder / "core.json").read_text()), json.loads(schema_text()))


def test_records_are_called_as_before_they_had_a_prefix() -> None:
    names = set(json.loads(schema_text())["$defs"])
    assert {"Memory", "Population", "QuantReLU", "Trace"} <= names and not any(one.startswith("Core") for one in names)


def test_records_are_frozen_and_closed() -> None:
    with pytest.raises(ValueError, match="extra"):
        schema.CoreRun(fixed=None, speed=3)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="frozen"):
        schema.CoreRun().fixed = "x"
    assert Core.model_fields["version"].default == 2
