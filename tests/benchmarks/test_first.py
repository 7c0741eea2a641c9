"""The process of the first simulations measures its own imports, so nothing may be loaded before."""

import ast
import sys
from pathlib import Path


def test_it_imports_nothing_but_the_standard_library_at_first() -> None:
    tree = ast.parse((Path(__file__).parents[2] / "benchmarks" / "first.py").read_text())
    names = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert names <= set(sys.stdlib_module_names) and not any(isinstance(node, ast.ImportFrom) for node in tree.body)
