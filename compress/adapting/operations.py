"""What a step of a traced graph is called, whether it is a module, a function or a method, and what it does to numbers."""

import operator
from typing import Any

from torch import fx, nn

NONLINEAR = frozenset(
    "silu swish gelu hardswish mish elu celu selu softplus softsign tanh sigmoid expit specialexpit hardsigmoid logsigmoid "
    "hardshrink softshrink tanhshrink threshold rrelu leakyrelu prelu hardtanh clamp clip clampmin clampmax relu relu6 "
    "quantizedrelu quantizedhalves quantizedfrom "
    "exp log erf specialerf pow square sqrt rsqrt reciprocal abs sin cos maximum minimum".split()
)
"""Functions of each number by itself that bend."""
SUMS = frozenset("add iadd sub isub rsub".split())
PRODUCTS = frozenset("mul imul multiply".split())
QUOTIENTS = frozenset("div truediv itruediv divide truedivide".split())
PASSING = frozenset("identity clone contiguous float detach dropout dropout1d dropout2d alphadropout neg".split())
POINTWISE = NONLINEAR | SUMS | PRODUCTS | QUOTIENTS | PASSING
"""Functions of each number by itself."""
SQUASHING = frozenset("sigmoid expit specialexpit hardsigmoid tanh softmax relu6 hardtanh clamp clip".split())
"""What gives the factor of a gate: numbers between two bounds."""
SHAPING = frozenset(
    "view reshape viewas reshapeas expand expandas unsqueeze squeeze flatten unflatten permute transpose getitem pieceof "
    "interpolate upsample repeat select narrow movedim".split()
)
NORMS = frozenset(
    "layernorm groupnorm instancenorm instancenorm1d instancenorm2d localresponsenorm rmsnorm batchnorm1d batchnorm2d "
    "batchnorm syncbatchnorm normalize".split()
)


def operation(node: fx.Node, root: nn.Module) -> str:
    """The name of what a node does in small letters without underscores, such as "silu" or "layernorm"; empty for none."""
    if node.op == "call_module":
        target: Any = type(root.get_submodule(str(node.target))).__name__
    elif node.op in ("call_function", "call_method"):
        target = getattr(node.target, "__name__", node.target)
    else:
        return ""
    return plain_name(str(target))


def plain_name(name: str) -> str:
    """A name of a class or function as `operation` gives it: "nn.SiLU", "hard_sigmoid" and "mul_" lose points and underscores."""
    return name.rpartition(".")[2].replace("_", "").lower()


def read_values(node: fx.Node) -> tuple[fx.Node, ...]:
    """The values of the graph that a node reads, in their order; one that comes twice is there twice."""
    found: list[fx.Node] = []
    fx.map_arg((node.args, node.kwargs), found.append)
    return tuple(found)


def constant(node: fx.Node, root: nn.Module) -> Any:
    """The parameter or buffer of a node that reads one."""
    return operator.attrgetter(str(node.target))(root)
