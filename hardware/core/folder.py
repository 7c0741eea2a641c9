"""The verb: `export(network, point, folder)`, a folder from which a spike core can be built and checked.

    core.json       what to build: `hardware.core.schema`, with a hash of every other file
    memories/*.mem  weights, biases, thresholds: one hex word a line
    golden/*        inputs, the spikes of every population in every step, and the answers
    README.md       the format in words

Python writes data only; the circuit description reads it.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from spikewright import FolderKind, atomic_folder, check_folder
from spikewright.hardware.circuit.wrapper import checked_ends
from spikewright.hardware.core.checksums import file_checksums, signed_text
from spikewright.hardware.core.golden import as_taken, synthetic_inputs
from spikewright.hardware.core.readme import readme_text
from spikewright.hardware.design_points import DesignPoint, check_point
from spikewright.kinds import json_object
from spikewright.marker import files_below
from spikewright.progress import watched
from spikewright.snn import Network


def _older(folder: Path) -> list[str] | None:
    """The files of a core that was written before folders carried a marker."""
    found = json_object(folder / "core.json")
    if found.get("format") != "spikewright-core":
        return None
    text, listed = str(found), files_below(folder)
    return [name for name in listed if name in ("core.json", "README.md") or repr(name) in text]


CORE_FOLDER = FolderKind("a spike core", older=_older)


@watched
def export(
    network: Network,
    point: DesignPoint,
    folder: str | Path,
    *,
    images: Any = None,
    loads: bool = False,
    pixels: int | None = None,
) -> Path:
    """Write the core of the fixed-point `network` built as `point`; all or nothing, a core that stands there is replaced.

    A folder of anybody else's, or a core with files in it that `export` did not write, is refused and stays as it is.
    `images (samples, *input shape)`, or what else the network takes, become the golden inputs, scaled to [0, 1] where it has an
    input range; without them four synthetic patterns do.
    `loads`: weights and all other memories of the core can be filled at run time, through a stream of `sw_axis`; so they can
    with a point that says so. `pixels`: `sw_axis` takes images of pixels k / `pixels`, 255 for bytes, in the place of events.
    Returns the folder. Raises InvalidInput for a float32 network, a point of another network, images that do not fit, `loads` of
    a MAC core, or `pixels` of a code that no circuit makes, and InvalidFile when the folder cannot be written.
    """
    from spikewright.hardware.core.describing import GoldenInputs, describe  # pydantic loads when it is needed
    from spikewright.hardware.core.writer import Writer

    check_point(network, point)
    check_folder(folder, CORE_FOLDER)  # before the golden runs
    point = replace(point, loads=point.loads or loads)
    ends = checked_ends(network, point.loads, pixels)
    _, taken = as_taken(network, synthetic_inputs(network) if images is None else images)
    inputs = GoldenInputs(taken, "synthetic" if images is None else "given")
    with atomic_folder(folder, CORE_FOLDER) as temporary:
        core = describe(Writer(temporary), network, point, inputs, ends)
        (temporary / "README.md").write_text(readme_text(core))
        whole = core.model_copy(update={"files": file_checksums(temporary)})
        (temporary / "core.json").write_text(signed_text(whole.model_dump_json(indent=2) + "\n"))
    return Path(folder)
