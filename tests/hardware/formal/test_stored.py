"""What is stored of the proofs is of the modules as they are."""

from pathlib import Path

import pytest

from spikewright.hardware.formal import stored
from spikewright.hardware.formal.proofs import PROOFS
from spikewright.hardware.formal.record import Proved


def test_every_proof_is_stored_for_the_modules_as_they_are() -> None:
    found = stored.stored_proofs()
    assert [one.name for one in found] == [proof.name for proof in PROOFS], "try python -m spikewright.hardware.formal"
    assert {one.status for one in found} == {"proved"}


def test_what_was_proved_of_other_text_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stored.stored_proofs()[0]
    other = Proved(**{**first.row(), "source": "0" * 64})
    path = stored.store_proofs([first, other], tmp_path / "proved.json")
    monkeypatch.setattr(stored, "_path", lambda: path)
    assert stored.stored_proofs() == (first,)
