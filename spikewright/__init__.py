"""From a trained CNN to a compressed spiking network: simulated exactly, attacked, costed on an FPGA, exported.

The names of daily use, loaded when they are first asked for; importing this package loads next to nothing:

    import spikewright as sw
    small = sw.quantize(sw.prune(model, 0.8, data), bits=4, data=data)
    network = sw.convert(small, samples, sw.Rate(steps=7)).to_fixed(potential_bits=16)
    activity = sw.simulate(network, images)

Everything else is in the rooms: `spikewright.snn`, `spikewright.compress`, `spikewright.conversion`, `spikewright.robustness`,
`spikewright.hardware`, `spikewright.experiments`.
"""

from importlib import import_module
from os.path import dirname, isdir, isfile, join

TYPE_CHECKING = False  # as in typing, which takes longer to import than all of this

if TYPE_CHECKING:
    from typing import Any

    from spikewright.compress import Compressed, adapt, choose, prune, quantize
    from spikewright.conversion import Exact, Rate, Ttfs
    from spikewright.conversion.converting import convert
    from spikewright.errors import InvalidFile, InvalidInput, InvalidNetwork, MissingTool, SpikewrightError
    from spikewright.experiments import load
    from spikewright.experiments.data import load_dataset
    from spikewright.files import atomic_path, check_path
    from spikewright.folders import atomic_folder, check_claim, check_folder, claim_folder
    from spikewright.hardware import export
    from spikewright.hardware.exploration import explore
    from spikewright.kinds import FolderKind, Kind
    from spikewright.progress import Progress, silent
    from spikewright.robustness import PGD, AnnPredictor, SnnPredictor
    from spikewright.robustness.evaluation import evaluate
    from spikewright.snn import Network
    from spikewright.snn.simulation import simulate
    from spikewright.table import Table

__version__ = "0.1.0"

_NAMES = {
    "errors": ("InvalidFile", "InvalidInput", "InvalidNetwork", "MissingTool", "SpikewrightError"),
    "files": ("atomic_path", "check_path"),
    "folders": ("atomic_folder", "check_claim", "check_folder", "claim_folder"),
    "kinds": ("FolderKind", "Kind"),
    "progress": ("Progress", "silent"),
    "table": ("Table",),
    "compress": ("Compressed", "adapt", "choose", "prune", "quantize"),
    "conversion": ("Exact", "Rate", "Ttfs", "convert"),
    "experiments": ("load",),
    "experiments.data": ("load_dataset",),
    "hardware": ("explore", "export"),
    "robustness": ("PGD", "AnnPredictor", "SnnPredictor", "evaluate"),
    "snn": ("Network", "simulate"),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}
_ROOMS = ("snn", "compress", "conversion", "robustness", "hardware", "experiments")

# In a checkout the rooms lie beside this folder, in an installed package inside it.
_ROOT = dirname(dirname(__file__))
if not isdir(join(dirname(__file__), "snn")) and isfile(join(_ROOT, "snn", "__init__.py")):
    __path__.append(_ROOT)


def __getattr__(name: str) -> "Any":
    if name in _HOMES:
        return getattr(import_module(f"spikewright.{_HOMES[name]}"), name)
    if name in _ROOMS:
        return import_module(f"spikewright.{name}")
    raise AttributeError(f"module 'spikewright' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_ROOMS})


__all__ = [
    "PGD",
    "AnnPredictor",
    "Compressed",
    "Exact",
    "FolderKind",
    "InvalidFile",
    "InvalidInput",
    "InvalidNetwork",
    "Kind",
    "MissingTool",
    "Network",
    "Progress",
    "Rate",
    "SnnPredictor",
    "SpikewrightError",
    "Table",
    "Ttfs",
    "__version__",
    "adapt",
    "atomic_folder",
    "atomic_path",
    "check_claim",
    "check_folder",
    "check_path",
    "choose",
    "claim_folder",
    "convert",
    "evaluate",
    "explore",
    "export",
    "load",
    "load_dataset",
    "prune",
    "quantize",
    "silent",
    "simulate",
]
