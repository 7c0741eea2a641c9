"""What was written as an instance is read as one."""

from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.circuit.instances import ModuleInstance, read_instances
from spikewright.hardware.circuit.verilog import instance

NAMES = st.from_regex(r"[A-Z][A-Z_]{0,8}", fullmatch=True)
VALUES = st.one_of(
    st.integers(-(2**31), 2**80), st.from_regex(r"[a-z]{1,5}\d{2}_[a-z]\.mem", fullmatch=True), st.just("")
)
GIVEN = st.lists(
    st.tuples(st.sampled_from(["sw_rom", "sw_array"]), st.dictionaries(NAMES, VALUES, max_size=4)), max_size=4
)


@given(GIVEN)
def test_instances_are_read_as_they_were_written(given_) -> None:
    wanted = [ModuleInstance(module, f"one{n}", parameters) for n, (module, parameters) in enumerate(given_)]
    text = "\n".join(instance(one.module, one.name, one.parameters, {"rst": "rst", "a": "{b, c}"}) for one in wanted)
    assert list(read_instances(f"module sw_core;\nwire a;\n{text}\nendmodule\n")) == wanted


def test_numbers_that_are_not_told_have_a_default() -> None:
    one = ModuleInstance("sw_array", "array1", {"LEAK": 3})
    assert (one.number("LEAK"), one.number("MEMO"), one.number("NUMBER", 1)) == (3, 0, 1)
