"""The bus that a core's memories are loaded over at run time, and the loader that drives it: one for all layers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spikewright.hardware.area.elaboration.variants import ModuleUse, ModuleVariant
from spikewright.hardware.circuit.loading import LOAD_WORD, LoadedMemory
from spikewright.hardware.circuit.words import address_bits

LOADER = "sw_loader"


@dataclass(frozen=True)
class LoadBus:
    """What memories ask of a bus. address: bits of the number of a row. words: of the load stream, in the widest row. memories:
    how many there are; without any there is no bus."""

    address: int = 0
    words: int = 0
    memories: int = 0

    @classmethod
    def of(cls, memories: Sequence[LoadedMemory]) -> "LoadBus":
        """The narrowest for these."""
        if not memories:
            return cls()
        rows, words = max(one.rows for one in memories), max(one.words for one in memories)
        return cls(address_bits(rows), words, len(memories))

    @classmethod
    def together(cls, buses: Iterable["LoadBus"]) -> "LoadBus":
        """The narrowest for the memories of all of them."""
        every = list(buses)
        address, words = (max((getattr(one, what) for one in every), default=0) for what in ("address", "words"))
        return cls(address, words, sum(one.memories for one in every))

    @property
    def loader(self) -> tuple[ModuleUse, ...]:
        """The loader of a core with this bus; which memory has how many words a row is left open, 0: its law does not ask."""
        told = {"LOAD_ADDRESS": self.address, "LOAD_ROW": LOAD_WORD * self.words, "MEMORIES": self.memories, "WORDS": 0}
        return (ModuleUse(ModuleVariant(LOADER, tuple(told.items())), 1),) if self.memories else ()


NO_BUS = LoadBus()
