"""A proof is tried: the law goes into the module, and yosys, yosys-smtbmc and z3 look for a way to break it."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright import InvalidInput
from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.cosim.programs import call, need, need_yosys
from spikewright.hardware.formal.record import Proof, Proved, Status

SECONDS = 300.0
_FLATTEN = """\
read_verilog -formal {files}
chparam {parameters} {module}
hierarchy -top {module}
proc
flatten
opt_clean
memory_collect
rename -top {module}
write_verilog -noattr {module}.v
"""
"""One module of the name of that on top, in which what lies inside has the names of its instances in front."""
_SCRIPT = """\
read_verilog -formal {files}
chparam {parameters} {module}
prep -top {module} -flatten
memory_nordff
async2sync
opt_clean
write_smt2 -wires law.smt2
"""


def prove(proof: Proof, *, verilog: Mapping[str, str] | None = None, seconds: float = SECONDS) -> Proved:
    """Try `proof` on the modules of `hardware/rtl`, or on `verilog`, name -> text, in the place of some of them.

    Raises InvalidInput for a module without a law, SpikewrightError where yosys or z3 is missing or the Verilog is no good.
    """
    given = {path.stem: path.read_text() for path in modules()} | dict(verilog or {})
    texts = with_law(proof.module, given)
    need("z3", "z3")
    with TemporaryDirectory(prefix="spikewright-") as name:
        if proof.inside:
            _flat_transitions(proof, given, Path(name))
        else:
            _transitions(proof, texts, Path(name))
        status, told = _solve(proof, Path(name), seconds)
    parameters, source = dict(proof.parameters), fingerprint(proof.module, texts)
    return Proved(proof.name, proof.module, proof.says, parameters, proof.depth, status, told, tools(), source)


def with_law(module: str, texts: Mapping[str, str]) -> dict[str, str]:
    """A module, with its law in front of its end, and those inside it. Raises InvalidInput for one that has none."""
    law = _law(module)
    return {name: texts[name] for name in used(module, texts)} | {module: _ended(texts[module], law)}


def _law(module: str) -> str:
    law = Path(str(files("spikewright.hardware") / "formal" / "laws" / f"{module}.vh"))
    if not law.is_file():
        raise InvalidInput(f"expected a module with a law, got {module!r}; try a proof of formal.proofs.PROOFS")
    return law.read_text()


def _ended(text: str, more: str) -> str:
    """A module with more in front of its end."""
    body, end, _ = text.rpartition("endmodule")
    return f"{body}{more}{end}\n"


def fingerprint(module: str, texts: Mapping[str, str]) -> str:
    """SHA-256 of a module and of those inside it."""
    return sha256("\n".join(texts[name] for name in used(module, texts)).encode()).hexdigest()


def used(module: str, texts: Mapping[str, str]) -> list[str]:
    """A module and those inside it, whatever its parameters leave out."""
    inside, found = [module], []
    while inside:
        found.append(inside.pop())
        named = set(re.findall(r"^\s*(sw_\w+) (?:#\(|\w+ \()", texts[found[-1]], re.MULTILINE))
        inside += sorted(named - {*inside, *found})
    return found


def tools() -> str:
    """The programs with their versions."""
    yosys = call([need_yosys(), "-V"], Path.cwd()).split("(")[0].strip()
    z3 = call([need("z3", "z3"), "--version"], Path.cwd()).split(" - ")[0].strip()
    return f"{yosys}, {z3}"


def _flat_transitions(proof: Proof, texts: Mapping[str, str], folder: Path) -> None:
    """The modules become one, and the law goes into that, behind the parameters as constants."""
    _yosys(_FLATTEN, proof, {name: texts[name] for name in used(proof.module, texts)}, folder)
    told = "".join(f"  localparam {name} = {_constant(value)};\n" for name, value in proof.parameters.items())
    flat = (folder / f"{proof.module}.v").read_text()
    _yosys(
        _SCRIPT.replace("chparam {parameters} {module}\n", ""),
        proof,
        {proof.module: _ended(flat, told + _law(proof.module))},
        folder,
    )


def _transitions(proof: Proof, texts: Mapping[str, str], folder: Path) -> None:
    _yosys(_SCRIPT, proof, texts, folder)


def _yosys(script: str, proof: Proof, texts: Mapping[str, str], folder: Path) -> None:
    """Numbers become the defaults of their parameters: what `chparam` sets has no sign, nor has what is compared with it then."""
    told = {name: str(value) for name, value in proof.parameters.items() if isinstance(value, int)}
    for name, text in texts.items():
        (folder / f"{name}.v").write_text(_with_defaults(text, told) if name == proof.module else text)
    rest = {name: value for name, value in proof.parameters.items() if not _default(name).search(texts[proof.module])}
    rest |= {name: value for name, value in proof.parameters.items() if isinstance(value, str)}
    parameters = " ".join(f"-set {name} {_constant(value)}" for name, value in rest.items())
    files_read = " ".join(f"{name}.v" for name in texts)
    (folder / "law.ys").write_text(script.format(files=files_read, parameters=parameters, module=proof.module))
    call([need_yosys(), "-q", "law.ys"], folder)


def _with_defaults(text: str, told: Mapping[str, str]) -> str:
    for name, value in told.items():
        text = _default(name).sub(rf"\g<1>{value}", text)
    return text


def _default(name: str) -> "re.Pattern[str]":
    """That of a parameter."""
    return re.compile(rf"(parameter (?:\[[^]]*\] )?{name} = )[^,\n/ )]+")


def _constant(value: int | str) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _solve(proof: Proof, folder: Path, seconds: float) -> tuple[Status, str]:
    """First from the reset on, then from anywhere."""
    for way in (["-t", str(proof.reach)], ["-i", "-t", str(proof.depth)]):
        printed = _printed(
            [need("yosys-smtbmc", "yosys"), "--noprogress", "--unroll", "-s", "z3", *way], folder, seconds
        )
        if printed is None:
            return "open", f"not decided within {seconds:g} seconds"
        if "Status: PASSED" not in printed:
            failed = re.findall(r"Assert failed in .*", printed)
            told = "; ".join(failed) or printed[-300:].replace("\n", "; ")
            return ("refuted" if failed and "-i" not in way else "open"), told
    return "proved", ""


def _printed(command: list[str], folder: Path, seconds: float) -> str | None:
    """What a program prints about law.smt2, None when the time is up: it ends then, with all that it started."""
    with subprocess.Popen(
        [*command, "law.smt2"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as program:
        try:
            return program.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            return None
