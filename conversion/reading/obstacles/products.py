"""Products of signals that are one thing: norms and activations written out, and gates."""

from collections.abc import Callable
from dataclasses import replace

from spikewright.conversion.reading.obstacles.catalogue import CATALOGUE
from spikewright.conversion.reading.obstacles.span import Span
from spikewright.conversion.reading.obstacles.wiring import REDUCTIONS, Wiring

_SQUASHES = frozenset(("sigmoid", "hardsigmoid", "tanh", "softmax", "expit", "softsign"))
_ENLARGES = ("interpolate", "upsample")
_CLIPS = frozenset(("relu6", "clamp", "hardtanh", "clampmin", "clampmax"))
_ROOTS = frozenset(
    ("sqrt", "rsqrt", "std", "stdmean", "norm", "vectornorm", "linalgvectornorm", "pow", "var", "varmean")
)
_CENTRES = ("sub", "rsub", "var", "std", "varmean", "stdmean")
_ANCHORS = frozenset(("mul", "div", "where", "add", "sub"))
_WRITTEN = (
    ({"mul", "sigmoid"}, "SiLU"),
    ({"tanh", "softplus"}, "Mish"),
    ({"erf"}, "GELU"),
    ({"tanh", "pow"}, "GELU"),
    ({"hardsigmoid"}, "Hardswish"),
    ({"relu6"}, "Hardswish"),
    ({"hardtanh"}, "Hardswish"),
    ({"clamp"}, "Hardswish"),
)
"""Which function is meant by the steps that it is written in."""


def norm(wiring: Wiring, name: str) -> Span | None:
    """A value divided by a root of its own mean square: layer norm and its kind, written out."""
    found = _narrowed(wiring, name, lambda one: wiring.elementwise(one) or wiring.moves(one) or _reduces(wiring, one))
    if found is None or not wiring.is_product(name):
        return None
    source, inside = found
    if wiring.of(inside, _SQUASHES) or not _reductions(wiring, inside) or not wiring.of(inside, _ROOTS):
        return None
    while (more := _centred(wiring, source)) is not None:
        source, inside = more[0], inside | more[1]
    advice = CATALOGUE["layernorm" if wiring.of(inside, _CENTRES) else "rmsnorm"]
    return Span(name, wiring.closed(name, inside), replace(advice, what=f"{advice.what} written out"), source)


def written(wiring: Wiring, name: str) -> Span | None:
    """A function of each number by itself, in which a value meets itself: x sigmoid(x) and the like."""
    if wiring.operation(name) not in _ANCHORS or len(wiring.signals(name)) < 2:
        return None
    found = _narrowed(wiring, name, lambda one: wiring.elementwise(one))
    if found is None or wiring.nodes[found[0]].shape != wiring.nodes[name].shape:
        return None
    source, inside = found
    called = {wiring.operation(one) for one in inside}
    if not any(wiring.is_product(one) or wiring.operation(one) == "where" for one in inside):
        return None
    meant = next((what for steps, what in _WRITTEN if steps <= called), None)
    advice = CATALOGUE["written"]
    advice = replace(advice, what=f"{meant} written out") if meant else advice
    return Span(name, wiring.closed(name, inside), advice, source)


def gate(wiring: Wiring, name: str) -> Span | None:
    """A value times a number between 0 and 1 that is computed of the image."""
    if wiring.operation(name) != "mul" or len(wiring.signals(name)) != 2:
        return None
    for opened, value in (wiring.signals(name), wiring.signals(name)[::-1]):
        found = _opening(wiring, name, opened)
        if found is not None and wiring.nodes[value].shape == wiring.nodes[name].shape:
            return _gate(wiring, name, value, found)
    return None


def _gate(wiring: Wiring, name: str, value: str, opening: tuple[set[str], str]) -> Span:
    inside, squash = opening
    before = wiring.behind(value, lambda one: True)
    known = before[0] | before[1]
    branch = wiring.behind(squash, lambda one: one not in known)[0]
    pooled = any(wiring.operation(one) in REDUCTIONS for one in branch) and _is_small(wiring, squash, name)
    nodes = wiring.closed(name, inside | {squash} | (branch if pooled else set()))
    advice = CATALOGUE["channelgate" if pooled else "gate"]
    return Span(name, nodes, advice, value, f"{wiring.operation(squash)} in {squash}")


def _opening(wiring: Wiring, name: str, opened: str) -> tuple[set[str], str] | None:
    """The steps from a squashing function to `opened`, and that function; None where there is none."""
    light: Callable[[str], bool] = lambda one: (  # noqa: E731
        wiring.elementwise(one) or wiring.moves(one) or wiring.operation(one) in _ENLARGES
    )
    inside, ends = wiring.behind(opened, lambda one: light(one) and wiring.operation(one) not in _SQUASHES)
    squashes = {one for one in ends if wiring.operation(one) in _SQUASHES}
    if len(squashes) == 1 and squashes == ends:
        return inside, squashes.pop()
    clips = wiring.of(inside, _CLIPS)
    return (inside, clips[-1].name) if clips and _is_small(wiring, opened, name) else None


def _is_small(wiring: Wiring, opened: str, name: str) -> bool:
    """Whether a gate has fewer numbers than what it opens, or that has one pixel only."""
    whole = wiring.nodes[name].shape
    return wiring.size(opened) < wiring.size(name) or wiring.size(name) == whole[0]


def _narrowed(wiring: Wiring, name: str, through: Callable[[str], bool]) -> tuple[str, set[str]] | None:
    """The nearest node that all ways back from `name` lead through, and the steps between; None where one ends before."""
    inside, open_ends = set[str](), {name}
    while True:
        last = max(open_ends, key=wiring.place.__getitem__)
        if len(open_ends) == 1 and inside:
            return last, inside
        if not wiring.signals(last) or not through(last):
            return None
        open_ends.remove(last)
        inside.add(last)
        open_ends |= set(wiring.signals(last))


def _centred(wiring: Wiring, source: str) -> tuple[str, set[str]] | None:
    """What a value is centred of, x of x - mean(x), and the steps."""
    if wiring.operation(source) not in ("sub", "rsub", "add") or len(wiring.signals(source)) != 2:
        return None
    found = _narrowed(wiring, source, lambda one: wiring.elementwise(one) or wiring.moves(one) or _reduces(wiring, one))
    return found if found is not None and _reductions(wiring, found[1]) else None


def _reduces(wiring: Wiring, name: str) -> bool:
    return wiring.operation(name) in REDUCTIONS and len(wiring.signals(name)) == 1


def _reductions(wiring: Wiring, inside: set[str]) -> bool:
    return bool(wiring.of(inside, REDUCTIONS))
