"""From a trained CNN to a compressed spiking network: simulated exactly, attacked, costed on an FPGA, exported.

The names of daily use, loaded when they are first asked for:

    import spikewright as sw
    small = sw.quantize(sw.prune(model, 0.8, data), bits=4, data=data)
    network = sw.convert(small, samples, sw.Rate(steps=7)).to_fixed(potential_bits=16)
    activity = sw.simulate(network, images)

Everything else is in the rooms: `spikewright.snn`, `spikewright.compress`, `spikewright.conversion`, `spikewright.robustness`,
`spikewright.hardware`, `spikewright.experiments`.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright.errors import (
    InvalidFile,
    InvalidInput,
    InvalidNetwork,
    MissingTool,
    SpikewrightError,
)
from spikewright.files import atomic_path, check_path
from spikewright.folders import atomic_folder, check_claim, check_folder, claim_folder
from spikewright.kinds import FolderKind, Kind
from spikewright.progress import Progress, silent
from spikewright.table import Table

if TYPE_CHECKING:
    from spikewright.compress import Compressed, adapt, choose, prune, quantize
    from spikewright.conversion import Exact, Rate, Ttfs
    from spikewright.conversion.converting import convert
    from spikewright.experiments import load
    from spikewright.experiments.data import load_dataset
    from spikewright.hardware import export
    from spikewright.hardware.exploration import explore
    from spikewright.robustness import PGD, AnnPredictor, SnnPredictor
    from spikewright.robustness.evaluation import evaluate
    from spikewright.snn import Network
    from spikewright.snn.simulation import simulate

__version__ = "0.1.0"

_DAILY = {
    "compress": ("Compressed", "adapt", "choose", "prune", "quantize"),
    "conversion": ("Exact", "Rate", "Ttfs", "convert"),
    "experiments": ("load",),
    "experiments.data": ("load_dataset",),
    "hardware": ("explore", "export"),
    "robustness": ("PGD", "AnnPredictor", "SnnPredictor", "evaluate"),
    "snn": ("Network", "simulate"),
}
_HOMES = {name: room for room, names in _DAILY.items() for name in names}
_ROOMS = ("snn", "compress", "conversion", "robustness", "hardware", "experiments")

# In a checkout the rooms lie beside this folder, in an installed package inside it.
_ROOT = Path(__file__).parents[1]
if not Path(__file__).with_name("snn").is_dir() and (_ROOT / "snn" / "__init__.py").is_file():
    __path__.append(str(_ROOT))


def __getattr__(name: str) -> Any:
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
