"""Which functions of the project write, move or remove files: read off the source, so that a new one is not forgotten."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "spikewright",
    "snn",
    "compress",
    "conversion",
    "robustness",
    "hardware",
    "experiments",
    "benchmarks",
    "docs",
)

ANYWHERE = frozenset(
    "write_text write_bytes writelines unlink rmtree rmdir removedirs rename renames mkdir makedirs touch symlink symlink_to "
    "hardlink_to link_to link savefig savez savez_compressed savetxt save_file serialize_file to_parquet to_file tofile memmap "
    "copyfile copytree copy2 copyfileobj move extractall extract retrieve truncate atomic_path atomic_folder claim_folder "
    "write_marker mkdtemp mkstemp NamedTemporaryFile fdopen imsave imwrite to_excel to_json to_pickle sendfile".split()
)
"""Names of functions and methods that write, whatever they are called on."""

ON = {
    "os": {"replace", "remove", "open", "truncate"},
    "shutil": {"copy"},
    "np": {"save"},
    "torch": {"save"},
    "json": {"dump"},
    "pickle": {"dump"},
    "pq": {"write_table", "ParquetWriter"},
    "Image": {"save"},
}
"""Names that write only when they are called on this module."""

OPENERS = frozenset({"open", "File", "ZipFile", "TarFile", "GzipFile"})


def writing_functions() -> dict[str, set[str]]:
    """ "module:function" (with its class) of every function that calls something which writes, and the names of what it calls."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for place, call in _calls(ast.parse(path.read_text()), ()):
                if name := writes(call):
                    found.setdefault(f"{module}:{'.'.join(place)}", set()).add(name)
    return found


def _calls(node: ast.AST, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ast.Call]]:
    """Every call in the tree with the names of the functions and classes that it stands in; inner functions count as outer."""
    for child in ast.iter_child_nodes(node):
        inner = place
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = (*place, child.name)
        if isinstance(child, ast.Call):
            yield place, child
        yield from _calls(child, inner)


def writes(call: ast.Call) -> str | None:
    """The name of what a call writes with; None for a call that does not write."""
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    owner = function.value if isinstance(function, ast.Attribute) else None
    on = owner.id if isinstance(owner, ast.Name) else ""
    if name in ANYWHERE or name in ON.get(on, ()):
        return name
    if name in OPENERS and _for_writing(call):
        return name
    if name == "replace" and owner is not None and len(call.args) == 1 and not call.keywords:
        return name  # a path's; a string's has two arguments
    if name == "write" and isinstance(owner, ast.Call):
        return name  # as in require("nir").write(path, graph)
    return None


def _for_writing(call: ast.Call) -> bool:
    given = (*call.args, *(word.value for word in call.keywords))
    modes = [value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return any(len(mode) <= 5 and set(mode) <= set("rwaxbt+:gz2") and set(mode) & set("wax+") for mode in modes)
