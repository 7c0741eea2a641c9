"""How each node of an expression is trained: the table from nodes to parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.compress.training.parts import Fixed, Joined, Part, Real, Several, Whole, exactly
from spikewright.weights import (
    Contract,
    Expression,
    Leaf,
    Lookup,
    Masked,
    Negated,
    Offset,
    Reshape,
    Scaled,
    Seeded,
    Signed,
    Sum,
)


def part_of(e: Expression, unit: float = 1.0) -> Part:
    """The part of a node; one of its integers is worth `unit` in the weights. Raises InvalidInput for nodes without a rule."""
    make = PARTS.get(type(e))
    if make is None:
        raise InvalidInput(
            f"expected weights that can be trained, got {type(e).__name__}, which has no rule in "
            "compress.training.rules.PARTS; try compress.prune(model, 0.0), whose weights stand one by one"
        )
    return make(e, unit)


def _leaf(e: Leaf, unit: float) -> Part:
    return Real(e) if e.real else Whole(e, unit)


def _scaled(e: Scaled, unit: float) -> Part:
    sizes = np.abs(e.scale.values())
    one = float(sizes.mean()) if sizes.size else 1.0
    return Joined(
        e,
        lambda base, scale: (base.double() * _column(scale.double(), base.ndim)).float(),
        base=part_of(e.base, unit * (one or 1.0)),
        scale=part_of(e.scale) if e.scale.real else Fixed(e.scale),
    )


def _offset(e: Offset, unit: float) -> Part:
    minus = part_of(e.minus, unit) if e.minus.real else Fixed(e.minus)
    return Joined(
        e, lambda base, less: _real(base.double() - _column(less.double(), base.ndim), e), base=part_of(e.base, unit), minus=minus
    )  # fmt: skip


def _signed(e: Signed, unit: float) -> Part:
    return Joined(
        e, lambda signs, base: torch.where(signs == 1, -base, base), signs=Fixed(e.signs), base=part_of(e.base, unit)
    )


def _negated(e: Negated, unit: float) -> Part:
    return Joined(e, lambda base: -base, base=part_of(e.base, unit))


def _masked(e: Masked, unit: float) -> Part:
    places = torch.from_numpy(np.array(e.mask.places))

    def value(base: torch.Tensor) -> torch.Tensor:
        flat = torch.zeros(e.size, dtype=base.dtype, device=base.device)
        return flat.index_copy(0, places.to(base.device), base).reshape(e.shape)

    return Joined(e, value, base=part_of(e.base, unit))


def _lookup(e: Lookup, unit: float) -> Part:
    return Joined(e, lambda table, index: table[index.long()], table=part_of(e.table, unit), index=Fixed(e.index))


def _reshape(e: Reshape, unit: float) -> Part:
    return Joined(e, lambda base: base.reshape(e.extents), base=part_of(e.base, unit))


def _contract(e: Contract, _: float) -> Part:
    def value(factors: list[torch.Tensor]) -> torch.Tensor:
        wide = [one.double() for one in factors]
        exact = np.einsum(e.rule, *(one.detach().cpu().numpy() for one in wide), optimize=False)
        found: torch.Tensor = torch.einsum(e.rule, *wide)
        return _real(exactly(found, torch.from_numpy(np.asarray(exact)).to(found.device)), e)

    return Several(e, value, "factors", map(part_of, e.factors))


def _sum(e: Sum, _: float) -> Part:
    def value(terms: list[torch.Tensor]) -> torch.Tensor:
        total = torch.zeros(e.shape, dtype=torch.float64, device=terms[0].device)
        for term in terms:
            total = total + term.double()
        return _real(total, e)

    return Several(e, value, "terms", map(part_of, e.terms))


def _real(values: torch.Tensor, e: Expression) -> torch.Tensor:
    """Real numbers in float32; integers stay in float64, which holds them exactly."""
    return values.float() if e.real else values


def _column(rows: torch.Tensor, dimensions: int) -> torch.Tensor:
    return rows if rows.ndim == 0 else rows.reshape(-1, *[1] * (dimensions - 1))


PARTS: dict[type, Callable[[Any, float], Part]] = {
    Leaf: _leaf,
    Seeded: lambda e, _: Fixed(e),
    Scaled: _scaled,
    Offset: _offset,
    Signed: _signed,
    Negated: _negated,
    Masked: _masked,
    Lookup: _lookup,
    Contract: _contract,
    Sum: _sum,
    Reshape: _reshape,
}
"""The rule of each node: a part of an expression and the unit of its integers."""
