"""Tables in HTML: every text escaped, nothing left out in silence."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from spikewright.markup import digits, html_table

TEXTS = st.text(max_size=8) | st.sampled_from(["<script>", "</td>", '" onclick="x', "a & b", "&lt;"])


class Reader(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(TEXTS, st.lists(st.fixed_dictionaries({"a": TEXTS, "<b>": TEXTS | st.integers() | st.none()}), max_size=4))
def test_texts_are_texts_and_no_tags(title: str, rows: list[dict[str, object]]) -> None:
    read = Reader(html_table(title, rows))
    assert read.tags <= {"p", "table", "thead", "tbody", "tr", "th", "td"}
    shown = "".join(read.texts).replace("\r", "\n")
    for text in (title, *(one for row in rows for one in row.values() if isinstance(one, str))):
        assert text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") in shown.replace("\0", "")


def test_rows_that_are_left_out_are_counted() -> None:
    page = html_table("many", ({"n": n} for n in range(1100)))
    assert page.count("<tr>") == 61 and "and 1,040 more rows" in page
    assert "more rows" not in html_table("none", [])


def test_digits_are_as_people_write_them() -> None:
    found = [digits(value) for value in (None, True, False, 0, 1234567, 0.5, 1234.5, 1e20, float("nan"), "x")]
    assert found == ["-", "yes", "no", "0", "1,234,567", "0.5", "1,234", "1e+20", "nan", "x"]
