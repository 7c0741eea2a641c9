"""A room that is imported by the name of its folder is the room itself: in the repository's root, where `snn/` lies on the path,
`import snn` gives the module `spikewright.snn`, and `import snn.codes` gives `spikewright.snn.codes`; never a second copy."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import CodeType, ModuleType

PREFIX = "spikewright."


def same_module(name: str) -> None:
    """Called at the end of a room's `__init__` with its `__name__`: when that is the folder's own name, such as "snn", let
    this name and all that begin with it stand for `spikewright.snn`. Does nothing under the full name."""
    if name.startswith(PREFIX):
        return
    sys.modules[name] = import_module(PREFIX + name)
    if not any(isinstance(finder, _Finder) and finder.room == name for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(name))


class _Finder(MetaPathFinder):
    """Finds `room.x` where `spikewright.room.x` is."""

    def __init__(self, room: str) -> None:
        self.room = room

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(self.room + "."):
            return None
        found = find_spec(PREFIX + fullname)
        if found is None:
            return None
        return ModuleSpec(
            fullname, _Loader(found), origin=found.origin, is_package=found.submodule_search_locations is not None
        )


class _Loader(InspectLoader):
    """Gives the module that `found` describes, unchanged; its code, too, for `python -m room.x`."""

    def __init__(self, found: ModuleSpec) -> None:
        self.found = found

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return import_module(self.found.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.found  # the import system has just set that of the alias

    def get_code(self, fullname: str) -> CodeType | None:
        loader = self.found.loader
        code: CodeType | None = loader.get_code(self.found.name) if isinstance(loader, InspectLoader) else None
        return code

    def get_source(self, fullname: str) -> str | None:
        loader = self.found.loader
        return loader.get_source(self.found.name) if isinstance(loader, InspectLoader) else None

    def get_filename(self, fullname: str) -> str:
        """The file, for `python -m`."""
        return self.found.origin or ""

    def is_package(self, fullname: str) -> bool:
        return self.found.submodule_search_locations is not None
