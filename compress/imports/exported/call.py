"""One operator of an exported program, whose arguments have the names of ATen's schema."""

from dataclasses import dataclass
from typing import Any

from spikewright.compress.imports.calls import OperatorCall


@dataclass(frozen=True, eq=False)
class AtenCall(OperatorCall[str]):
    """An operator without overload and in-place mark ("add" for aten.add_.Tensor), and its arguments by name."""

    arguments: dict[str, Any]

    @property
    def first(self) -> str:
        """The value is called "input" by some operators and "self" by the others."""
        return "input" if "input" in self.arguments else "self"

    def given(self, key: str) -> Any:
        """An argument as it is; None when it was left out."""
        return self.arguments.get(key)

    def get(self, key: str, default: Any = None) -> Any:
        """An argument, `default` where it is None or left out."""
        value = self.arguments.get(key)
        return default if value is None else value
