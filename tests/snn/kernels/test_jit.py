"""NUMBA_BOUNDSCHECK=1 checks every index of a kernel, those of vector instructions, too, in files of its own on disk."""

import copy
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

import spikewright.snn
from spikewright.snn.kernels import jit
from spikewright.snn.kernels.rows import deliver_spikes

CODE = """
import numpy as np
from spikewright.snn.kernels.jit import CHECKED, compiled
from spikewright.snn.kernels.rows import deliver_spikes
from spikewright.snn.kernels.simd import add_vector, transpose_to
from spikewright.snn.kernels.simd_lanes import list_to_lanes, rows_to_lanes

word, list_of, row_of = np.uint64, list_to_lanes(1), rows_to_lanes(1, 1)
made = lambda size: np.ones(size, np.int32)
channels = np.array([3], np.uint16)

@compiled
def read(a, i):
    return a[word(i)]
@compiled
def add(a, i, b, j):
    add_vector(a, word(i), b, word(j))
@compiled
def turn(a, to, b, at):
    transpose_to(a, word(to), word(16), b, word(at), word(16), word(16))
@compiled
def by_list(tile, lanes, at, channels, weights, stop):
    list_of(tile, word(0), word(16), lanes, word(at), channels, weights, word(0), word(stop))
@compiled
def by_row(tile, lanes, at, weights, first):
    row_of(tile, word(0), word(16), lanes, (word(at),), weights, (word(first),), word(2))

def stays(kernel, *arguments):
    kernel(*arguments)

def leaves(kernel, *arguments):
    try:
        kernel(*arguments)
    except IndexError:
        return
    raise SystemExit(f"{kernel} {arguments} was not noticed")

assert CHECKED and ".checked" in deliver_spikes._cache._cache_file._index_name
stays(add, made(32), 16, made(32), 16)
for i, j in ((17, 0), (0, 17), (-1, 0), (0, -16), (2**40, 0)):
    leaves(add, made(32), i, made(32), j)
leaves(read, made(4), 4)
stays(turn, made(256), 0, made(256), 0)
leaves(turn, made(256), 1, made(256), 0)
leaves(turn, made(256), 0, made(256), 1)
stays(by_list, made(64), made(16), 0, channels, made(1), 1)
leaves(by_list, made(63), made(16), 0, channels, made(1), 1)
leaves(by_list, made(64), made(16), 1, channels, made(1), 1)
leaves(by_list, made(64), made(16), 0, channels, made(0), 1)
leaves(by_list, made(64), made(16), 0, channels[:0], made(1), 1)
stays(by_row, made(32), made(16), 0, made(2), 0)
leaves(by_row, made(31), made(16), 0, made(2), 0)
leaves(by_row, made(32), made(16), 1, made(2), 0)
leaves(by_row, made(32), made(16), 0, made(2), 1)
"""


def test_every_index_is_checked(tmp_path):
    """Kernels of this test are compiled from a file, so that they are kept on disk like all others."""
    file = tmp_path / "kernels.py"
    file.write_text(CODE)
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(jit.CHECKED, reason="this process checks indices")
def test_kernels_without_checks_are_other_files():
    assert ".checked" not in deliver_spikes._cache._cache_file._index_name


def test_the_first_kernel_is_announced_once_for_all(tmp_path) -> None:
    """A process without kernels on disk says so in one line, the next one finds them and says nothing."""
    script = (
        "import numpy as np; from spikewright.snn.kernels.events import graded_events as f; "
        "f(np.eye(2)); f(np.eye(2, dtype='i4'))"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        ).stderr
        for _ in range(2)
    ]
    assert said[0].count("compiling kernels") == 1
    assert said[1] == ""


def test_what_was_kept_before_a_change_is_not_read(tmp_path):
    """It may name records that no longer exist."""
    file = copy.copy(deliver_spikes._cache._cache_file)
    file._index_path = str(tmp_path / "kept.nbi")
    (tmp_path / "kept.nbi").write_bytes(pickle.dumps("another version") + b"cnowhere\nGone\n.")
    assert file._load_index() == {}


def test_all_kernels_lie_where_changes_are_seen():
    """The dates of a kernel's own file and of those that its file takes kernels or records from stand in its stamp."""
    root = Path(spikewright.snn.__file__).parents[1]
    rooms = ("snn", "compress", "conversion", "robustness", "hardware", "experiments", "spikewright")
    files = [path for room in rooms for path in (root / room).rglob("*.py") if "kernels.jit import" in path.read_text()]
    assert len(files) > 20
    for path in files:
        seen = {name for name, *_ in jit.stamp(path.parent)}
        called = re.findall(r"^from spikewright\.(\S*kernels\S*) import", path.read_text(), re.MULTILINE)
        assert {str(path), *(str(root / f"{name.replace('.', '/')}.py") for name in called)} <= seen
