"""The house of docs/architecture.md: who may import whom, no circles, one name for one thing, short files and functions."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
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
    "hardware": (("spikewright", "snn"), ("numpy", "scipy", "jsonschema", "pydantic", "joblib", "yaml")),
    "experiments": (("spikewright", "snn", "compress", "conversion", "robustness", "hardware"), None),
}
INTEROP = ("torch", "snntorch", "norse", "brian2", "nir", "h5py")
MOST_LINES = 250
MOST_FUNCTION_LINES = 60


def _files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_module(path): path for package in (*TABLE, "benchmarks") for path in _files(package)}
TREES = {name: ast.parse(path.read_text(), str(path)) for name, path in FILES.items()}
PRODUCT = [module for module in FILES if module.partition(".")[0] in TABLE]


def each_file(check: Callable[[str], None]) -> Callable[[str], None]:
    """A test of a room by a check of each of its files; it tells all that fail."""

    @pytest.mark.parametrize("package", TABLE)
    def test(package: str) -> None:
        faults = []
        for module in PRODUCT:
            if module.partition(".")[0] == package:
                try:
                    check(module)
                except AssertionError as error:
                    faults.append(f"{module}: {error}")
        assert not faults, "\n".join(faults)

    return test


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


def _that_run(node: ast.AST, *, functions: bool) -> Iterator[ast.AST]:
    """The nodes below `node` that can run: not `if TYPE_CHECKING`, and the bodies of functions only if asked for."""
    for child in ast.iter_child_nodes(node):
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if _is_type_checking(child) or (inside and not functions):
            continue
        yield child
        yield from _that_run(child, functions=functions)


@cache
def _imports(module: str) -> frozenset[str]:
    """What a module imports, inside its functions too; of the package itself only at once: its names of daily use are lazy."""
    nodes = _that_run(TREES[module], functions=module != "spikewright")
    return frozenset(name for node in nodes for name in _targets(node, module))


def _order(graph: dict[str, set[str]]) -> None:
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail("import circle: " + " -> ".join(reversed(error.args[1])))


@each_file
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


@each_file
def test_packages_do_not_import_tests_or_benchmarks(module: str) -> None:
    assert not {name.partition(".")[0] for name in _imports(module)} & {"tests", "benchmarks"}


def test_no_circle_between_packages() -> None:
    graph: dict[str, set[str]] = {package: set() for package in TABLE}
    for module in PRODUCT:
        package = module.partition(".")[0]
        graph[package] |= {name.partition(".")[0] for name in _imports(module)} & (TABLE.keys() - {package})
    _order(graph)


def test_no_circle_between_modules_not_even_of_imports_inside_functions() -> None:
    _order({module: (_imports(module) & FILES.keys()) - {module} for module in FILES})


def test_each_class_name_stands_once() -> None:
    """Two things of one name would be told apart by where they are imported from only."""
    places: dict[str, list[str]] = {}
    for module in PRODUCT:
        for node in ast.walk(TREES[module]):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@each_file
def test_no_module_is_named_like_what_is_in_it(module: str) -> None:
    """`from package import name` could give the module or the function, whichever was imported last."""
    package = module.rpartition(".")[0]
    assert FILES[module].stem not in _defined(module) | _offered(package)


def _defined(module: str) -> set[str]:
    return {node.name for node in TREES[module].body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@cache
def _offered(package: str) -> frozenset[str]:
    """The functions and classes that a package offers, without its modules."""
    tree = TREES.get(package, ast.Module([], []))
    taken = [(node.module or "", name) for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names]
    return frozenset(name.asname or name.name for source, name in taken if _room(f"{source}.{name.name}") not in FILES)


@each_file
def test_each_file_has_a_test_file_in_the_same_place(module: str) -> None:
    path = FILES[module]
    if path.name not in ("__init__.py", "__main__.py"):
        place = Path("tests") / path.relative_to(ROOT).parent / f"test_{path.name}"
        assert (ROOT / place).is_file(), f"expected {place}"


@pytest.mark.parametrize("package", [package for package in TABLE if package != "experiments"])
def test_libraries_do_not_print(package: str) -> None:
    for module, tree in TREES.items():
        if module.partition(".")[0] == package:
            for node in ast.walk(tree):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
                assert called != "print", f"{FILES[module].relative_to(ROOT)}:{getattr(node, 'lineno', 0)} prints"


@each_file
def test_files_are_short(module: str) -> None:
    assert len(FILES[module].read_text().splitlines()) <= MOST_LINES


@each_file
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


def test_no_test_looks_at_the_clock() -> None:
    """Tests count work and look at structure: a busy machine must not fail them. Limits against hanging are no measures."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path != Path(__file__) and path.name != "conftest.py":
            text = path.read_text()
            command = 'if __name__ == "__main__":' in text  # it tells how long it took, and asserts nothing about it
            assert command or CLOCKS.findall(text) == [], path
            for chosen in re.findall(r"suppress_health_check=\[(.*?)\]", text):
                assert "HealthCheck.too_slow" in chosen, (
                    f"it takes the place of what tests/conftest.py chooses, in {path}"
                )
