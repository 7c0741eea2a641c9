"""Where a file of a network comes from: the model and the data set, as one more entry of a safetensors file's metadata.

Weights, compressed networks and spiking networks are all safetensors files. With its `Origin` in it, the next command knows
the architecture and the data set without being told.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, Kind, atomic_path
from spikewright.kinds import any_of, in_metadata

KEY = "spikewright.origin"
WEIGHTS_KEY = "spikewright.weights"
"""In the metadata of weights that were saved without an origin."""
LARGEST_HEADER_BYTES = 64 * 2**20
STAMPED = Kind(
    "a network that spikewright wrote",
    any_of(
        in_metadata(KEY), in_metadata(WEIGHTS_KEY), in_metadata("spikewright"), in_metadata("spikewright.compressed")
    ),
)


@dataclass(frozen=True)
class Origin:
    """`model`: an architecture of `experiments.models.table`, or "package.module:factory", which is only ever called when the
    user names it again. `log`: one row for each epoch of training. `levels`: of the staircases that stand in the place of each
    ReLU (`compress.learned_thresholds`); None where there are none."""

    model: str
    dataset: str
    classes: int = 10
    seed: int = 0
    log: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    levels: int | None = None

    def metadata(self) -> dict[str, str]:
        """The entry of a safetensors file's metadata."""
        values = {name: value for name, value in asdict(self).items() if name != "levels" or value is not None}
        return {KEY: json.dumps(values, sort_keys=True)}


def stamp(path: str | Path, origin: Origin) -> None:
    """Write `origin` into the metadata of the network that was saved at `path`; its tensors stay byte for byte.

    Raises InvalidFile for a file that this project did not write.
    """
    path = Path(path)
    header, body = _split(path)
    metadata = {**header.get("__metadata__", {}), **origin.metadata()}
    text = json.dumps({**header, "__metadata__": metadata}, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with atomic_path(path, STAMPED) as temporary:
        temporary.write_bytes(len(text).to_bytes(8, "little") + text + body)


def hand_on(source: Path, path: Path) -> None:
    """Write the origin of `source` into the network at `path` that was made from it; nothing where there is none."""
    origin = origin_of(source)
    if origin is not None:
        stamp(path, origin)


def origin_of(path: str | Path) -> Origin | None:
    """What `stamp` wrote; None when the file has no origin. Raises InvalidFile for one that is damaged."""
    text = metadata_of(Path(path)).get(KEY)
    if text is None:
        return None
    try:
        values = json.loads(text)
        values["log"] = tuple(values["log"])
        return Origin(**values)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidFile(f"expected an origin in the metadata of {path}, got: {error}; save the file again") from error


def metadata_of(path: Path) -> dict[str, str]:
    """The metadata of a safetensors file. Raises InvalidFile for another file."""
    found = _split(path)[0].get("__metadata__", {})
    return found if isinstance(found, dict) else {}


def _split(path: Path) -> tuple[dict[str, Any], bytes]:
    """The JSON header of a safetensors file and the bytes after it."""
    content = content_of(path)
    length = int.from_bytes(content[:8], "little")
    if not 2 <= length <= min(len(content) - 8, LARGEST_HEADER_BYTES):
        what = "an empty file" if not content else "something else or the first piece of one"
        raise InvalidFile(f"expected a safetensors file at {path}, got {what}; try to save it again")
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise InvalidFile(f"expected a safetensors file at {path}, got a header that is no JSON") from error
    if not isinstance(header, dict):
        raise InvalidFile(f"expected a safetensors file at {path}, got a header that is no object")
    return header, content[8 + length :]


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises InvalidFile where they cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidFile(f"expected a readable file at {path}, got: {error.strerror}; try another path") from error
