"""Small images inside the page, as PNG in data addresses."""

import base64
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

GREY, COLOUR = 0, 2
"""The colour types of PNG that are written (ISO/IEC 15948, table 11.1)."""


def data_address(image: NDArray[Any]) -> str:
    """An image `(C, H, W)` of shares from 0 to 1 as the address of a PNG: in colour of 3 channels, else their mean in grey."""
    return f"data:image/png;base64,{base64.b64encode(png_bytes(image)).decode()}"


def png_bytes(image: NDArray[Any]) -> bytes:
    """The bytes of the PNG, the same each time."""
    colour = len(image) == 3
    channels = image if colour else image.mean(axis=0, keepdims=True)
    pixels = np.rint(255 * np.clip(channels, 0, 1)).astype(np.uint8).transpose(1, 2, 0)
    height, width, _ = pixels.shape
    head = struct.pack(">IIBBBBB", width, height, 8, COLOUR if colour else GREY, 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)  # each line begins with its filter, here none
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
