"""A study file with those that it includes: what it says itself stands over what they say.

    include: common.yaml            # or a list, later ones over earlier ones; beside the file that names them
    seeds: [0, 1]

Fields are merged, lists are replaced as a whole.
"""

from pathlib import Path
from typing import Any

from spikewright import InvalidFile
from spikewright.experiments.studies.located import Fields, FileLine, line_of
from spikewright.experiments.studies.toml_files import read_toml
from spikewright.experiments.studies.yaml_files import read_yaml
from spikewright.files import readable

INCLUDE = "include"
LARGEST_FILE_BYTES = 2**20
DEEPEST, MOST_FILES = 8, 32


def read_values(path: Path) -> Fields:
    """The fields of a study file and of all that it includes. Raises InvalidFile with file and line."""
    return _Files().read(path, FileLine(path), ())


class _Files:
    """Counts the files that one study is made of."""

    def __init__(self) -> None:
        self.files = 0

    def read(self, path: Path, line: FileLine, above: tuple[Path, ...]) -> Fields:
        """The fields of one file; `line` names it in the file `above` it."""
        self.files += 1
        if path.resolve() in above:
            raise InvalidFile(f"{line}: expected files that do not include each other in a circle, got {path} again")
        if len(above) > DEEPEST or self.files > MOST_FILES:
            raise InvalidFile(
                f"{line}: expected at most {DEEPEST} levels and {MOST_FILES} files of includes, got more; try one file"
            )
        own = _fields(path)
        made = Fields({}, {})
        where = line_of(own, (INCLUDE,), line)
        for name in _names(own, where):
            made = merged(made, self.read(path.parent / name, where, (*above, path.resolve())))
        return merged(made, own)


def merged(below: Fields, above: Fields) -> Fields:
    """Fields of both; where both have one, fields are merged again, and of anything else that of `above` stands."""
    made = Fields(below, below.lines)
    for name, value in above.items():
        both = isinstance(value, Fields) and isinstance(made.get(name), Fields)
        made[name] = merged(made[name], value) if both else value
        made.lines[name] = above.lines[name]
    return made


def _names(own: Fields, where: FileLine) -> list[str]:
    names = own.pop(INCLUDE, [])
    names = names if isinstance(names, list) else [names]
    wrong = [name for name in names if not isinstance(name, str)]
    if wrong:
        raise InvalidFile(f"{where}: {INCLUDE}: expected a file or a list of files, got {wrong[0]!r:.40}")
    return names


def _fields(path: Path) -> Fields:
    values = _parsed(path, _text(path))
    if not isinstance(values, Fields):
        raise InvalidFile(f"{path}: expected fields such as name and model, got {_kind(values)}")
    return values


def _kind(values: Any) -> str:
    return "nothing" if values is None else "a list" if isinstance(values, list) else repr(values)[:40]


def _text(path: Path) -> str:
    """The text of a file of at most a MiB; devices and pipes are not opened."""
    readable(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        if len(content) > LARGEST_FILE_BYTES:
            raise InvalidFile(f"{path}: expected a study of at most {LARGEST_FILE_BYTES:,} bytes, got more")
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(
            f"expected a readable study file at {path}, got: {getattr(error, 'strerror', error)}"
        ) from error


def _parsed(path: Path, text: str) -> Any:
    return read_toml(path, text) if path.suffix == ".toml" else read_yaml(path, text)
