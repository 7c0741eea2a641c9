"""The graph of a model as obstacles are looked for in it: what reads what, and what a value is made of."""

from collections.abc import Callable, Iterable
from math import prod

from spikewright.compress import GraphNode, GraphView

_SINGLE = (
    *("sigmoid", "tanh", "exp", "log", "log1p", "expm1", "erf", "softplus", "hardsigmoid", "hardtanh", "relu", "relu6"),
    *("silu", "gelu", "hardswish", "mish", "elu", "selu", "celu", "leakyrelu", "abs", "sqrt", "rsqrt", "pow", "square"),
    *("neg", "clamp", "clampmin", "clampmax", "sin", "cos", "reciprocal", "logsigmoid", "softsign", "sign", "floor"),
    *(
        "round",
        "float",
        "to",
        "type",
        "typeas",
        "double",
        "half",
        "contiguous",
        "clone",
        "detach",
        "identity",
        "dropout",
    ),
    *(
        "dropout1d",
        "dropout2d",
        "gt",
        "lt",
        "ge",
        "le",
        "eq",
        "ne",
        "maskedfill",
        "nantonum",
        "hardshrink",
        "softshrink",
    ),
)
_BINARY = ("add", "sub", "rsub", "mul", "div", "maximum", "minimum", "where")
ELEMENTWISE = frozenset((*_SINGLE, *_BINARY))
"""Operations that make each number of one number, or of those in the same place."""
MOVES = frozenset(
    (
        *(
            "reshape",
            "view",
            "permute",
            "transpose",
            "unsqueeze",
            "squeeze",
            "expand",
            "expandas",
            "viewas",
            "repeat",
            "flatten",
        ),
        *(
            "unflatten",
            "movedim",
            "swapaxes",
            "pieceof",
            "contiguous",
            "t",
            "mt",
            "roll",
            "chunk",
            "unbind",
            "split",
            "getitem",
        ),
    )
)
"""Operations that only move numbers."""
_LIKE = frozenset(("expandas", "viewas", "reshapeas", "typeas"))
"""Operations that take a shape or type from their second input."""
REDUCTIONS = frozenset(
    (
        *(
            "mean",
            "sum",
            "var",
            "std",
            "norm",
            "vectornorm",
            "linalgvectornorm",
            "varmean",
            "stdmean",
            "amax",
            "max",
            "amin",
        ),
        *("adaptiveavgpool1d", "adaptiveavgpool2d", "avgpool1d", "avgpool2d", "logsumexp", "adaptivemaxpool2d"),
    )
)
"""Operations that make fewer numbers of many."""


class Wiring:
    """The nodes of a view by name, with those that read them, and without what is the same for every image."""

    def __init__(self, view: GraphView) -> None:
        self.view = view
        self.nodes = {node.name: node for node in view}
        self.users: dict[str, list[str]] = {name: [] for name in self.nodes}
        self.place = {node.name: place for place, node in enumerate(view)}
        self._constant: set[str] = set()
        for node in view:
            for name in dict.fromkeys(node.inputs):
                self.users[name].append(node.name)
            if node.name != view.input and all(name in self._constant for name in node.inputs):
                self._constant.add(node.name)

    def operation(self, name: str) -> str:
        """What the node calls."""
        return self.nodes[name].operation

    def signals(self, name: str) -> tuple[str, ...]:
        """The inputs of a node that differ from image to image; without those that only lend their shape."""
        node = self.nodes[name]
        inputs = node.inputs[:1] if node.operation in _LIKE else node.inputs
        return tuple(dict.fromkeys(one for one in inputs if one not in self._constant))

    def size(self, name: str) -> int:
        """How many numbers a node gives for one image."""
        return prod(self.nodes[name].shape)

    def behind(self, start: str, through: Callable[[str], bool]) -> tuple[set[str], set[str]]:
        """What is met on the way back from `start` (itself among it) as long as `through` says so, and where that stops."""
        inside, ends, todo = set[str](), set[str](), [start]
        while todo:
            name = todo.pop()
            if name in inside or name in ends:
                continue
            if not self.signals(name) or not through(name):
                ends.add(name)
                continue
            inside.add(name)
            todo += self.signals(name)
        return inside, ends

    def closed(self, end: str, others: Iterable[str]) -> tuple[str, ...]:
        """`end` and those of `others` that nobody outside reads, in order."""
        kept = {end}
        for name in sorted(set(others) - {end}, key=lambda one: -self.place[one]):
            if name != self.view.output and self.users[name] and all(user in kept for user in self.users[name]):
                kept.add(name)
        return tuple(sorted(kept, key=lambda one: self.place[one]))

    def is_product(self, name: str) -> bool:
        """Whether a node multiplies or divides values that both differ from image to image."""
        return self.operation(name) in PRODUCTS and len(self.signals(name)) > 1

    def elementwise(self, name: str) -> bool:
        """Whether a node makes each number of those in the same place."""
        return self.operation(name) in ELEMENTWISE

    def moves(self, name: str) -> bool:
        """Whether a node only moves numbers."""
        return self.operation(name) in MOVES and len(self.signals(name)) == 1

    def reduces(self, name: str) -> bool:
        """Whether a node makes fewer numbers of many."""
        node = self.nodes[name]
        return node.operation in REDUCTIONS and self.size(name) < sum(map(self.size, self.signals(name)))

    def of(self, names: Iterable[str], operations: Iterable[str]) -> list[GraphNode]:
        """The nodes among `names` that call one of `operations`, in order."""
        wanted = frozenset(operations)
        return [self.nodes[one] for one in sorted(names, key=self.place.__getitem__) if self.operation(one) in wanted]


PRODUCTS = frozenset(("mul", "div", "matmul", "bmm", "mm", "einsum", "baddbmm", "multiply", "divide"))
"""Operations that multiply or divide two values."""
