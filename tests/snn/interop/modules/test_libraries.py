"""Every library contributes the same things; each is checked against the library's own modules elsewhere."""

import inspect
import sys

import pytest

from spikewright.snn.interop.modules.libraries import SpikingLibrary
from spikewright.snn.interop.norse_laws import Norse
from spikewright.snn.interop.sinabs_laws import Sinabs
from spikewright.snn.interop.snntorch_laws import SnnTorch
from spikewright.snn.interop.spikingjelly_laws import SpikingJelly


@pytest.mark.parametrize("library", [Norse, Sinabs, SnnTorch, SpikingJelly])
def test_a_library_has_every_method_with_the_same_arguments(library: type) -> None:
    asked = {name: member for name, member in vars(SpikingLibrary).items() if inspect.isfunction(member)}
    public = {name for name in asked if not name.startswith("_")}
    assert public and isinstance(library.name, str)
    for name in public:
        assert list(inspect.signature(getattr(library, name)).parameters) == list(
            inspect.signature(asked[name]).parameters
        )


def test_no_library_brings_torchvision() -> None:
    """Norse and SpikingJelly ask for it when they are installed; nothing here loads it."""
    for library in (Norse, Sinabs, SnnTorch, SpikingJelly):
        library()
    assert not {"torchvision", "torchaudio"} & sys.modules.keys()
