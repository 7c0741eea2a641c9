"""Folders with small data sets in their original format, and a server that has them."""

import gzip
import pickle
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.data.sources import CIFAR10, MNIST
from tests.experiments.data.originals import IMAGES, LABELS, idx_bytes


@pytest.fixture
def idx_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    for (name, _), array in zip(MNIST.files, (IMAGES, LABELS, IMAGES[:5], LABELS[:5]), strict=True):
        (folder / name).write_bytes(gzip.compress(idx_bytes(array), mtime=0))
    return folder


@pytest.fixture
def cifar_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for place, (name, _) in enumerate(CIFAR10.files):
        pixels = np.random.default_rng(place).integers(0, 256, (4, 3072), np.uint8)
        batch = {b"data": pixels, b"labels": [place % 10] * 4, b"filenames": [b"a.png"] * 4}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=4))
    return folder


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A local web server over tmp_path."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
