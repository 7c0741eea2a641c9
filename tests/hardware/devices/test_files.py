"""Devices as files: those of the table, and a user's own."""

from pathlib import Path

import pytest

from spikewright import InvalidFile, InvalidInput, hardware
from spikewright.hardware import DEVICES, Device, Interval, explore
from spikewright.hardware import devices as room
from spikewright.hardware.devices import device, listed, read_device
from tests.hardware.small_networks import active, perceptron

HERE = "tests.hardware.devices.test_files"
MINE = Device("mine", "xc7", 5000, 10000, 20, 18, 10, Interval(0.01, 0.02, 0.05))
TEXT = """name = "board"
family = "ecp5"
lut = 9000
ff = 9000
blocks = 30
block_kbit = 18
dsp = 12
static_w = [0, 0.02, 0.1]
"""


def test_every_file_of_the_folder_is_a_device_of_its_name() -> None:
    files = sorted(Path(room.__file__).parent.glob("*.yaml"))
    assert [read_device(path).name for path in files] == [path.stem for path in files] == list(DEVICES)


def test_ones_own_stands_wherever_a_name_does(tmp_path: Path) -> None:
    (tmp_path / "board.toml").write_text(TEXT)
    assert device(f"{HERE}:MINE") == device(MINE) == MINE
    assert device(tmp_path / "board.toml") == device(str(tmp_path / "board.toml"))
    assert device("5CSEMA5") == device("cyclonev") == DEVICES["5csema5"]
    network = perceptron((16, 8, 4))
    run = [(network, active(network, {"in": 20, "h0": 8}))]
    for given, name in ((f"{HERE}:MINE", "mine"), (MINE, "mine"), (str(tmp_path / "board.toml"), "board")):
        points = explore(run, device=given)
        assert set(points.table["device"]) == {name} and points.estimates[0].device.name == name
        assert points.best().device_name == name and len(points.pareto()) >= 1
    assert explore(run, device=MINE).table["lut"] == explore(run, device="xc7a35t").table["lut"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("xc7a100", "out of 5csema5, .* got 'xc7a100'; try xc7a100t"),
        ("virtex-9000", "try your own, as a YAML file or a hardware.Device"),
        (f"{HERE}:TEXT", "to be a record of Device, got str"),
        (None, "got None"),
    ],
)
def test_unknown_devices_are_refused_with_the_nearest(given: object, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        device(given)  # type: ignore[arg-type]
    assert hardware.Device is Device


def test_a_listed_device_is_never_a_place_of_code() -> None:
    with pytest.raises(InvalidInput, match="device out of"):
        listed(f"{HERE}:MINE")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("lut = 9000", "luts = 9000", "got 'luts'; try lut"),
        ("lut = 9000\n", "", "got none of lut; see the fields of hardware.Device, or copy .*xc7a100t.yaml"),
        ("lut = 9000", "lut = -1", "lut to be a whole number from 1"),
        (
            "[0, 0.02, 0.1]",
            "0.02",
            "static_w in .* as three numbers of watts, low, middle and high, got 0.02; try static_w: ",
        ),
        ("[0, 0.02, 0.1]", "[0.1, 0.02, 0]", "0 <= low <= middle <= high"),
        ("lut = 9000", "lut 9000", "as TOML"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "board.toml"
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(InvalidFile, match=told) as caught:
        device(path)
    assert "\n" not in str(caught.value)


def test_yaml_says_the_same_as_toml(tmp_path: Path) -> None:
    (tmp_path / "board.toml").write_text(TEXT)
    for name in ("board.yaml", "board.yml", "BOARD.YAML"):
        (tmp_path / name).write_text(TEXT.replace(" = ", ": "))
        assert device(tmp_path / name) == device(tmp_path / "board.toml")


@pytest.mark.parametrize(
    "text", ["", "- 1", "a: [", "3", "1: 2", "!!python/object/apply:os.getcwd []", "a: &x [*x]", "name: x"]
)
def test_damaged_yaml_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "board.yaml").write_text(text)
    with pytest.raises(InvalidFile, match="fields of") as caught:
        device(tmp_path / "board.yaml")
    assert "\n" not in str(caught.value)


def test_the_example_of_the_page_is_a_device(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "energy.md").read_text()
    (tmp_path / "my-board.yaml").write_text(page.split("```yaml\n")[1].split("```")[0])
    assert device(tmp_path / "my-board.yaml").name == "my-board"


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"expected the file of a device at .*none\.toml, got none"):
        device(tmp_path / "none.toml")
    (tmp_path / "huge.toml").write_text("#" * 70000)
    with pytest.raises(InvalidFile, match="at most 65536 bytes"):
        device(tmp_path / "huge.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidFile, match="TOML"):
        device(tmp_path / "bytes.toml")
