"""Where the original data files are: their names, md5 sums and addresses; found in a folder or downloaded once."""

from dataclasses import dataclass
from pathlib import Path

from spikewright import InvalidFile
from spikewright.experiments.data.downloads import cache_folder, check_md5, download_once, unpack


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


def _download(source: DataSource, cache: str | Path | None) -> Path:
    home = (Path(cache) if cache is not None else cache_folder()) / source.subfolders[0]
    if source.archive_md5 is None:
        for name, md5 in source.files:
            download_once(f"{source.url}/{name}", md5, home / name)
    elif not all((home / name).is_file() for name, _ in source.files):
        archive = home.parent / source.url.rsplit("/", 1)[-1]
        download_once(source.url, source.archive_md5, archive)
        unpack(archive, home, dict(source.files))
    return home


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
