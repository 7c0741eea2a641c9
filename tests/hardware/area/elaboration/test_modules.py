"""What a module's text says of the modules inside it."""

import pytest

from spikewright import InvalidFile
from spikewright.hardware.area.elaboration.modules import InnerInstance, Repeated, WhereTrue, read_module
from spikewright.hardware.cosim.icarus import modules

_TEXT = """
module m #(parameter A = 1, parameter [3:0] B = A + 1) (input clk, output [A-1:0] q);
  localparam C = A * B, D = C;
  localparam signed [A:0] TOP = {A{1'b1}};
  wire [A-1:0] w = A ? 1 : 0;
  always @(posedge clk) begin : edges
    if (w) begin q <= 1; end else for (i = 0; i < A; i = i + 1) case (w) 0: q <= 0; endcase
  end
  function [A:0] more(input [A-1:0] v);
    more = v + 1;
  endfunction
  genvar n;
  generate
    for (n = 0; n < D; n = n + 1) begin : lane
      localparam E = n + 1;
      if (n == 0) assign q = w;
      else inner #(.X(E), .Y("t")) one (.clk(clk));
    end
    if (A > 1) begin : none
      assign w = 0;
    end
  endgenerate
  plain p (.q(q));
endmodule
"""


def test_what_is_generated_is_kept_and_what_holds_no_instance_is_not() -> None:
    module = read_module(_TEXT, "m.v")
    assert module.name == "m" and list(module.parameters) == ["A", "B"]
    assert set(module.body.values) == {"C", "D"}
    loop, plain = module.body.items
    assert isinstance(loop, Repeated) and loop.variable == "n"
    choice = loop.body.items[0]
    assert isinstance(choice, WhereTrue) and not choice.yes.items
    inner = choice.no.items[0]
    assert isinstance(inner, InnerInstance) and (inner.module, inner.name) == ("inner", "one")
    assert [name for name, _ in inner.given] == ["X", "Y"]
    assert isinstance(plain, InnerInstance) and plain.given == ()
    assert {"n", "D", "E"} <= loop.names


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_each_file_of_the_rtl_is_read(path) -> None:
    assert read_module(path.read_text(), path.name).name == path.stem


@pytest.mark.parametrize(
    "inside", ["task f; endtask", "inner #(4) one ();", "for (n = 0; n < 2; m = m + 1) a b ();", "wire"]
)
def test_what_the_rtl_does_not_use_is_refused(inside: str) -> None:
    with pytest.raises(InvalidFile, match=r"expected .* in m\.v, got"):
        read_module(f"module m (input clk); {inside} endmodule", "m.v")
