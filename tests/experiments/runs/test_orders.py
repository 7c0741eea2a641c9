"""What travels between runner and worker."""

import errno
import pickle

import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.runs.orders import bare, fault_of
from spikewright.experiments.runs.work_folder import CellBusy
from tests.experiments.runs.cheap import cheap


def _full() -> Exception:
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device", "/a/b")
        except OSError as error:
            raise InvalidFile("expected to write /a/b, got: No space left on device") from error
    except InvalidFile as error:
        return error


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (InvalidInput("expected a, got b"), "refused", "expected a, got b"),
        (CellBusy("expected it free, got a process"), "again", "expected it free"),
        (KeyError("x"), "failed", "expected a result, got KeyError: 'x'"),
        (SystemExit(1), "failed", "a call of exit"),
        (MemoryError("2 GB"), "lost", "expected memory for it, got: MemoryError: 2 GB"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/a/b"),
            "full",
            "expected to write /a/b, got: No space left",
        ),
        (_full(), "full", "expected to write /a/b"),
        (OSError(errno.ENOENT, "No such file"), "failed", "FileNotFoundError"),
    ],
)
def test_faults_by_what_was_raised(error: BaseException, kind: str, said: str) -> None:
    fault = fault_of(error)
    assert fault.kind == kind and said in fault.said and "\n" not in fault.said


def test_a_bare_cell_has_its_key_and_travels() -> None:
    cell = cheap("a", cheap("b"), cheap("c"))
    sent = pickle.loads(pickle.dumps(bare(cell)))
    assert sent.key == cell.key and sent.folder == cell.folder and not sent.needs
