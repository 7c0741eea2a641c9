"""The house of docs/architecture.md: who may import whom, no circles, no prints, short files and functions."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Package: (packages of the project, other packages) that its files may import besides the standard library.
TABLE = {
    "spikewright": ((), ("numpy",)),
    "snn": (("spikewright",), ("numpy", "numba", "llvmlite", "safetensors", "jsonschema")),
    "compress": (("spikewright",), ("numpy", "torch", "safetensors", "onnx", "google")),
    "conversion": (("spikewright", "snn", "compress"), ("numpy", "torch")),
    "robustness": (("spikewright", "snn", "compress"), ("numpy", "torch", "scipy")),
    "hardware": (("spikewright", "snn"), ("numpy", "scipy", "jsonschema", "pydantic", "joblib")),
    "experiments": (("spikewright", "snn", "compress", "conversion", "robustness", "hardware"), None),
}
INTEROP = ("torch", "snntorch", "norse", "brian2", "nir", "h5py")
MOST_LINES = 300
MOST_FUNCTION_LINES = 60


def _files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_module(path): path for package in TABLE for path in _files(package)}
TREES = {name: ast.parse(path.read_text(), str(path)) for name, path in FILES.items()}
EACH_FILE = pytest.mark.parametrize("module", FILES)


def _targets(node: ast.AST, module: str) -> Iterator[str]:
    """Full names that an import statement asks for; of `from a import b` both a.b and, unless it is a module, a."""
    if isinstance(node, ast.Import):
        yield from (_room(alias.name) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            home = module.split(".") if FILES[module].name == "__init__.py" else module.split(".")[:-1]
            home = home[: len(home) - node.level + 1]
            base = ".".join([*home, base] if base else home)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            yield _room(inner) if _room(inner) in FILES else _room(base)


def _room(name: str) -> str:
    """The name without "spikewright." where it is that of a room, as folders have it."""
    short = name.removeprefix("spikewright.")
    return short if short.partition(".")[0] in TABLE else name


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _at_import_time(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported: not the bodies of functions, not `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_type_checking(child):
            continue
        yield child
        yield from _at_import_time(child)


def _imports(module: str) -> set[str]:
    walk = _at_import_time if module == "spikewright" else ast.walk  # the names of daily use are lazy, and types there
    return {name for node in walk(TREES[module]) for name in _targets(node, module)}


def _imports_at_import_time(module: str) -> set[str]:
    return {name for node in _at_import_time(TREES[module]) for name in _targets(node, module)}


def _order(graph: dict[str, set[str]]) -> None:
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail("import circle: " + " -> ".join(reversed(error.args[1])))


@EACH_FILE
def test_imports_obey_the_table(module: str) -> None:
    package = module.partition(".")[0]
    rooms, others = TABLE[package]
    allowed = {package, *rooms}
    for name in sorted(_imports(module)):
        top = name.partition(".")[0]
        if top in TABLE:
            assert top in allowed, f"{module} imports {name}"
        elif others is not None and top not in sys.stdlib_module_names:
            interop = INTEROP if module.startswith(("snn.interop", "snn.twin")) else ()
            assert top in (*others, *interop), f"{module} imports {name}"


@EACH_FILE
def test_packages_do_not_import_tests_or_benchmarks(module: str) -> None:
    assert not {name.partition(".")[0] for name in _imports(module)} & {"tests", "benchmarks"}


def test_no_circle_between_packages() -> None:
    graph: dict[str, set[str]] = {package: set() for package in TABLE}
    for module in FILES:
        package = module.partition(".")[0]
        graph[package] |= {name.partition(".")[0] for name in _imports(module)} & (TABLE.keys() - {package})
    _order(graph)


def test_no_circle_between_modules_at_import_time() -> None:
    _order({module: (_imports_at_import_time(module) & FILES.keys()) - {module} for module in FILES})


@pytest.mark.parametrize("package", [package for package in TABLE if package != "experiments"])
def test_libraries_do_not_print(package: str) -> None:
    for module, tree in TREES.items():
        if module.partition(".")[0] == package:
            for node in ast.walk(tree):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
                assert called != "print", f"{FILES[module].relative_to(ROOT)}:{getattr(node, 'lineno', 0)} prints"


@EACH_FILE
def test_files_are_short(module: str) -> None:
    assert len(FILES[module].read_text().splitlines()) <= MOST_LINES


@EACH_FILE
def test_functions_are_short(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            assert lines <= MOST_FUNCTION_LINES, f"{module}.{node.name} has {lines} lines"


@pytest.mark.parametrize("package", TABLE)
def test_every_folder_of_a_package_is_a_package(package: str) -> None:
    for path in _files(package):
        assert (path.parent / "__init__.py").is_file(), f"{path.parent.relative_to(ROOT)} has no __init__.py"


def test_snn_imports_fast() -> None:
    """It loads numpy and this project's own files: neither torch nor numba, nor anything else that takes time."""
    code = "import sys, spikewright.snn; print(*{name.partition('.')[0] for name in sys.modules} - {*sys.stdlib_module_names})"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = {name for name in shown.split() if not name.startswith(("_", "sitecustom"))}
    assert loaded == {"numpy", "spikewright"}


CLOCKS = re.compile(r"\btime\.\w+\(|perf_counter|monotonic|getloadavg|process_time|\bsleep\(")


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: path.stem)
def test_no_test_looks_at_the_clock(path: Path) -> None:
    """Tests count work and look at structure: a busy machine must not fail them. Limits against hanging are no measures."""
    if path != Path(__file__) and path.name != "conftest.py":
        assert CLOCKS.findall(path.read_text()) == []
        for chosen in re.findall(r"suppress_health_check=\[(.*?)\]", path.read_text()):
            assert "HealthCheck.too_slow" in chosen, "it takes the place of what tests/conftest.py chooses"
