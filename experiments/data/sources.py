"""Where the original data files are: their names, md5 sums and addresses; found in a folder or downloaded once."""

import hashlib
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spikewright import InvalidFile, Kind, atomic_path


@dataclass(frozen=True)
class DataSource:
    """A data set's original files in reading order, `(name, md5)` each.

    `url` is the folder that the files lie in, or, with `archive_md5`, the tar archive that holds them.
    `subfolders` are the places below a user's folder where they are looked for; the first is used for downloads.
    """

    name: str
    subfolders: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    url: str
    classes: tuple[str, ...]
    archive_md5: str | None = None


def locate(source: DataSource, folder: str | Path | None, cache: str | Path | None = None) -> list[Path]:
    """Paths of the source's files, each with the right md5; downloads them when `folder` is None.

    Raises InvalidFile for a missing folder or file, a wrong md5, or a download that fails.
    """
    home = _find(source, Path(folder)) if folder is not None else _download(source, cache)
    paths = [home / name for name, _ in source.files]
    for path, (_, md5) in zip(paths, source.files, strict=True):
        check_md5(path, md5)
    return paths


def check_md5(path: Path, md5: str) -> None:
    """Raise InvalidFile unless the file's md5 is the given one."""
    try:
        with path.open("rb") as file:
            got = hashlib.file_digest(file, "md5").hexdigest()
    except OSError as error:
        raise InvalidFile(f"expected a readable file {path}, got: {error.strerror}") from error
    if got != md5:
        raise InvalidFile(
            f"expected md5 {md5} of {path}, got {got}; the file is damaged or another one, try to download it again"
        )


def _find(source: DataSource, folder: Path) -> Path:
    if not folder.is_dir():
        raise InvalidFile(f"expected a folder with {source.name} at {folder}, got none; try --data FOLDER")
    places = [folder / name for name in source.subfolders] + [folder]
    for place in places:
        if all((place / name).is_file() for name, _ in source.files):
            return place
    missing = [name for name, _ in source.files if not any((place / name).is_file() for place in places)]
    raise InvalidFile(
        f"expected the files of {source.name} in {folder} or {places[0]}, got none of the name "
        f"{', '.join(missing) or 'set in one place'}; try another folder, or none to download them"
    )


def _download(source: DataSource, cache: str | Path | None) -> Path:
    import pooch

    home = Path(cache if cache is not None else pooch.os_cache("spikewright")) / source.subfolders[0]
    if source.archive_md5 is None:
        for name, md5 in source.files:
            _retrieve(f"{source.url}/{name}", md5, home / name)
    elif not all((home / name).is_file() for name, _ in source.files):
        archive = home.parent / source.url.rsplit("/", 1)[-1]
        _retrieve(source.url, source.archive_md5, archive)
        _unpack(archive, home, dict(source.files))
    return home


def _retrieve(url: str, md5: str, path: Path) -> None:
    import pooch

    if path.exists():
        check_md5(path, md5)  # pooch would replace it
    try:
        pooch.retrieve(url, known_hash=f"md5:{md5}", fname=path.name, path=path.parent)
    except (OSError, ValueError) as error:  # no connection, an unwritable cache, a wrong hash
        raise InvalidFile(
            f"expected to download {url}, got: {error}; try again, or give the folder of the files with --data FOLDER"
        ) from error


def _unpack(archive: Path, home: Path, md5: Mapping[str, str]) -> None:
    """Copy the members named in `md5`, and only them, out of a tar archive; paths inside it are not trusted."""
    with tarfile.open(archive) as tar:
        for member in tar:
            name = Path(member.name).name
            if member.isfile() and name in md5:
                content = tar.extractfile(member)
                if content is None:
                    continue
                with atomic_path(home / name, _original(md5[name])) as temporary:
                    temporary.write_bytes(content.read())


def _original(md5: str) -> Kind:
    """A data set's own file."""

    def made(path: Path) -> bool:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "md5").hexdigest() == md5

    return Kind("a file of the data set", made)


_IDX_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)

MNIST = DataSource(
    "mnist",
    ("mnist",),
    tuple(
        zip(
            _IDX_FILES,
            (
                "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3",
                "ec29112dd5afa0611ce80d1b7f02629c",
            ),
            strict=True,
        )
    ),
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    tuple("0123456789"),
)

FASHION_MNIST = DataSource(
    "fashion-mnist",
    ("fashion-mnist",),
    tuple(
        zip(
            _IDX_FILES,
            (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
            strict=True,
        )
    ),
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)

CIFAR10 = DataSource(
    "cifar10",
    ("cifar-10-batches-py", "cifar10/cifar-10-batches-py"),
    (
        ("data_batch_1", "c99cafc152244af753f735de768cd75f"),
        ("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
        ("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"),
        ("data_batch_4", "634d18415352ddfa80567beed471001a"),
        ("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"),
        ("test_batch", "40351d587109b95175f43aff81a1287e"),
    ),
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    archive_md5="c58f30108f718f92721af3b95e74349a",
)
