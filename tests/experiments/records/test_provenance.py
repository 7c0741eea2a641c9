"""Where results come from."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spikewright.experiments.records.provenance import Provenance, content_hash


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.lists(st.booleans(), max_size=3)))
def test_a_hash_does_not_see_the_order_of_keys(values: dict[str, Any]) -> None:
    assert content_hash(values) == content_hash(dict(reversed(values.items())))


def test_provenance_is_plain(tmp_path: Path) -> None:
    made = Provenance.of({"a": 1}, (0, 1))
    assert json.loads(json.dumps(made.to_dict()))["configuration"] == content_hash({"a": 1})
    assert made.commit and made.machine
