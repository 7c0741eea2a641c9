"""YAML as studies are written in it: plain lists and fields, each name once, bounded in depth and in size."""

from pathlib import Path
from typing import Any

from spikewright import InvalidFile, MissingTool
from spikewright.experiments.studies.located import Fields, FileLine, Items

DEEPEST = 20
MOST_VALUES = 50_000
"""Values of a file after what it says once and repeats (`*name`) is written out."""
MERGED = "tag:yaml.org,2002:merge"
PLAIN = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


def read_yaml(path: Path, text: str) -> Any:
    """The values in `text`, which stands in `path`. Raises InvalidFile with the line of what is wrong."""
    yaml = _yaml()
    try:
        _check_depth(path, yaml, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if node is None else _Reading(path, yaml.constructor.SafeConstructor()).value(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = FileLine(path, None if mark is None else mark.line + 1)
        raise InvalidFile(f"{line}: expected YAML, got: {' '.join(str(error.problem).split())}") from error
    except yaml.YAMLError as error:
        raise InvalidFile(f"{path}: expected YAML, got: {' '.join(str(error).split()):.200}") from error


def _yaml() -> Any:
    try:
        import yaml
    except ImportError as error:
        raise MissingTool(
            "expected the package pyyaml for a YAML study, got none; try TOML or pip install pyyaml"
        ) from error
    return yaml


def _check_depth(path: Path, yaml: Any, text: str) -> None:
    """Raise InvalidFile for lists and fields inside each other too deeply; nothing of the file is held for it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _too_deep(FileLine(path, event.start_mark.line + 1))


def _too_deep(line: FileLine) -> InvalidFile:
    return InvalidFile(f"{line}: expected at most {DEEPEST} levels of lists and fields, got more; try it flatter")


class _Reading:
    """The nodes of one file become values."""

    def __init__(self, path: Path, constructor: Any) -> None:
        self.path, self.constructor, self.count = path, constructor, 0

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of a node and of all below it."""
        self.count += 1
        line = self._line(node)
        if depth > DEEPEST:
            raise _too_deep(line)
        if self.count > MOST_VALUES:
            raise InvalidFile(f"{line}: expected at most {MOST_VALUES:,} values, got more; try fewer repeats of *names")
        if node.id == "scalar":
            return self._scalar(node)
        if node.tag not in PLAIN:
            raise InvalidFile(f"{line}: expected plain lists and fields, got {node.tag!r:.60}; try it without the tag")
        return self._items(node, depth) if node.id == "sequence" else self._fields(node, depth)

    def _items(self, node: Any, depth: int) -> Items:
        return Items([self.value(each, depth + 1) for each in node.value], [self._line(each) for each in node.value])

    def _fields(self, node: Any, depth: int) -> Fields:
        own, merged = Fields({}, {}), Fields({}, {})
        for name, value in node.value:
            if name.tag == MERGED:
                for each in reversed(value.value if value.id == "sequence" else [value]):
                    self._merge(merged, each, depth)
                continue
            key, line = self._name(name), self._line(name)
            if key in own:
                raise InvalidFile(f"{line}: expected {key} once, got it in line {own.lines[key].number} too; try one")
            own[key], own.lines[key] = self.value(value, depth + 1), line
        return Fields({**merged, **own}, {**merged.lines, **own.lines})

    def _merge(self, merged: Fields, node: Any, depth: int) -> None:
        found = self.value(node, depth + 1)
        if not isinstance(found, Fields):
            raise InvalidFile(f"{self._line(node)}: expected fields behind <<, got a {type(found).__name__}")
        merged.update(found)
        merged.lines.update(found.lines)

    def _name(self, node: Any) -> str:
        name = self._scalar(node) if node.id == "scalar" else None
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise InvalidFile(
                f"{self._line(node)}: expected the name of a field, got {node.value!r:.40}; try it in quotes"
            )
        return str(name)

    def _scalar(self, node: Any) -> Any:
        try:
            return self.constructor.construct_object(node)
        except (ValueError, OverflowError) as error:
            raise InvalidFile(
                f"{self._line(node)}: expected a value, got {node.value!r:.40}: {error!s:.100}"
            ) from error

    def _line(self, node: Any) -> FileLine:
        return FileLine(self.path, node.start_mark.line + 1)
