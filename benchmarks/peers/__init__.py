"""The neurons of other programs, each with the law of `snn.IF`, and the table of what is compared."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from benchmarks.dense import Neurons
from benchmarks.dense_plan import Plan
from spikewright import MissingTool

BATCHES = (4, 16, 64, 256)


@dataclass(frozen=True)
class Contender:
    """A program that runs networks on dense tensors.

    `home`: module and class of its neurons. `orders`: the ways to run it. `library`: a spiking library, as against plain
    PyTorch. `plan`: how it runs; None where order, memory layout and
    batch are chosen by trial. `batches`: what to try instead of the usual sizes, for one that compiles each anew.
    """

    name: str
    package: str
    home: str
    orders: tuple[Literal["steps", "layers"], ...] = ("steps", "layers")
    library: bool = True
    plan: Plan | None = None
    batches: tuple[int, ...] | None = None

    def neurons(self) -> Neurons:
        """Its neurons. Raises MissingTool where the package is not installed."""
        module, _, kind = self.home.partition(":")
        try:
            version(self.package)
            made: Callable[[], Neurons] = getattr(import_module(module), kind)
        except (PackageNotFoundError, ImportError) as error:
            raise MissingTool(
                f'expected the package {self.package} for {self.name}, got: {error}; try pip install "spikewright[bench]", '
                "then pip install --no-deps -r benchmarks/peers.txt"
            ) from error
        return made()

    @property
    def version(self) -> str:
        """The installed version."""
        return version(self.package)

    def plans(self, batches: tuple[int, ...] = BATCHES) -> list[Plan]:
        """What to try: orders x memory layouts x batch sizes."""
        if self.plan is not None:
            return [self.plan]
        sizes = self.batches or batches
        return [Plan(o, True, last, batch) for o in self.orders for last in (False, True) for batch in sizes]


CONTENDERS = (
    Contender("snnTorch", "snntorch", "benchmarks.peers.snntorch:SnnTorch"),
    Contender("Norse", "norse", "benchmarks.peers.norse:Norse"),
    Contender("sinabs", "sinabs", "benchmarks.peers.sinabs:Sinabs"),
    Contender("SpikingJelly", "spikingjelly", "benchmarks.peers.spikingjelly:SpikingJelly"),
    Contender(
        "torch, plain loop",
        "torch",
        "benchmarks.peers.plain:Tutorial",
        library=False,
        plan=Plan("steps", False, False, 64),
    ),
    Contender("torch, input hoisted", "torch", "benchmarks.peers.plain:InPlace", ("steps",), library=False),
    Contender("torch, hoisted, steps batched", "torch", "benchmarks.peers.plain:InPlace", ("layers",), library=False),
    Contender(
        "torch.compile, steps batched",
        "torch",
        "benchmarks.peers.plain:Compiled",
        ("layers",),
        library=False,
        batches=(16,),
    ),
)
"""Who is compared with the event engine on the same law. Adding one is a line here and its neurons."""
