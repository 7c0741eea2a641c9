"""How the weights of a projection are stored. The storage survives conversion, saving and export."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.inputs import as_array
from spikewright.snn.checked import Constant

Array = NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Dense(Constant):
    """All values as an array `(out, ...)`; `scale (out,)` multiplies integers, None means one."""

    values: Array
    scale: Array | None = None

    def __post_init__(self) -> None:
        _as_arrays(self, "values", "scale")
        super().__post_init__()
        _check_numbers(self.values, self.scale, self.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape


@dataclass(frozen=True, eq=False)
class Sparse(Constant):
    """The surviving weights only: `indices (n,)` ascending flat positions in `size`, and their `values (n,)`."""

    size: tuple[int, ...]
    indices: Array
    values: Array
    scale: Array | None = None

    def __post_init__(self) -> None:
        _as_arrays(self, "indices", "values", "scale")
        super().__post_init__()
        if self.indices.shape != self.values.shape or self.indices.ndim != 1:
            raise InvalidNetwork(
                f"expected as many indices as values, got {self.indices.shape} and {self.values.shape}"
            )
        _check_numbers(self.values, self.scale, self.size)
        _check_indices(self.indices)
        total = int(np.prod(self.size, dtype=np.int64))
        steps = np.diff(self.indices.astype(np.int64))
        if self.indices.size and (self.indices[0] < 0 or self.indices[-1] >= total or np.any(steps <= 0)):
            raise InvalidNetwork(f"expected ascending indices below {total} for weights of shape {self.size}")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.size


@dataclass(frozen=True, eq=False)
class Codebook(Constant):
    """Shared weights: `indices (out, ...)` into `table (k,)`."""

    indices: Array
    table: Array
    scale: Array | None = None

    def __post_init__(self) -> None:
        _as_arrays(self, "indices", "table", "scale")
        super().__post_init__()
        _check_numbers(self.table, self.scale, self.shape)
        _check_indices(self.indices)
        if self.table.ndim != 1:
            raise InvalidNetwork(f"expected a codebook (k,), got shape {self.table.shape}")
        if self.indices.size and (self.indices.min() < 0 or self.indices.max() >= self.table.size):
            raise InvalidNetwork(f"expected codebook indices below {self.table.size}, got {self.indices.max()}")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.indices.shape


Storage = Dense | Sparse | Codebook


def stored_values(storage: Storage) -> Array:
    """The stored numbers without their scale, dense, shape `(out, ...)`: integers where integers are stored."""
    if isinstance(storage, Dense):
        return storage.values
    if isinstance(storage, Codebook):
        return np.asarray(storage.table[storage.indices])
    dense = np.zeros(storage.size, dtype=storage.values.dtype)
    dense.reshape(-1)[storage.indices] = storage.values
    return dense


def effective_weights(storage: Storage) -> Array:
    """The weights that act, shape `(out, ...)`: stored values times scale; float32 unless integers without scale."""
    values = stored_values(storage)
    if storage.scale is None:
        return values if np.issubdtype(values.dtype, np.integer) else values.astype(np.float32, copy=False)
    scale = np.asarray(storage.scale, dtype=np.float64).reshape(-1, *([1] * (values.ndim - 1)))
    return (values.astype(np.float64) * scale).astype(np.float32)


def with_values(storage: Storage, values: Array, scale: Array | None) -> Storage:
    """The same kind of storage holding other dense `values`; zeros that were not stored stay unstored."""
    if isinstance(storage, Sparse):
        return Sparse(storage.size, storage.indices, values.reshape(-1)[storage.indices], scale)
    if isinstance(storage, Codebook):
        table, indices = np.unique(values, return_inverse=True)
        return Codebook(indices.reshape(values.shape).astype(smallest_index(table.size)), table, scale)
    return Dense(values, scale)


def memory(storage: Storage) -> Array:
    """The stored numbers as they lie in memory, without places and scale: no weight is unfolded."""
    return storage.table if isinstance(storage, Codebook) else storage.values


def with_shape(storage: Storage, shape: tuple[int, ...]) -> Storage:
    """The same weights seen with another shape `(out, ...)` of as many numbers."""
    if isinstance(storage, Sparse):
        return Sparse(shape, storage.indices, storage.values, storage.scale)
    if isinstance(storage, Codebook):
        return Codebook(storage.indices.reshape(shape), storage.table, storage.scale)
    return Dense(storage.values.reshape(shape), storage.scale)


def _as_arrays(storage: Constant, *names: str) -> None:
    """Lists and numbers become arrays. Raises InvalidInput for what has no numbers."""
    for name in names:
        value = getattr(storage, name)
        if not isinstance(value, np.ndarray) and not (name == "scale" and value is None):
            object.__setattr__(storage, name, as_array(value, f"{name} of weights"))


def _check_numbers(values: Array, scale: Array | None, shape: tuple[int, ...]) -> None:
    if values.dtype.kind not in "iuf":
        raise InvalidNetwork(f"expected weights that are integers or real numbers, got {values.dtype}")
    if scale is None:
        return
    if scale.dtype.kind not in "iuf" or scale.shape != shape[:1] or not np.all(np.isfinite(scale)):
        raise InvalidNetwork(f"expected finite scales of shape {shape[:1]}, got {scale.dtype} {scale.shape}")


def _check_indices(indices: Array) -> None:
    if indices.dtype.kind not in "iu":
        raise InvalidNetwork(f"expected integers as indices of weights, got {indices.dtype}")


def smallest_index(count: int) -> np.dtype[np.generic]:
    """The narrowest unsigned integer type that can name `count` things."""
    return np.min_scalar_type(max(count - 1, 0))
