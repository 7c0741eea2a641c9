// Tables that sort and filter. A link such as report.html#table=accuracy&sort=low&order=down&filter=rate opens one that way.
"use strict";
(() => {
  const NUMBER = /^[-+\u2212]?[\d,]*\.?\d+(?:e[-+]?\d+)?(?=$|[\s%×(])/i;
  const FEW = 8; // shorter tables are read faster than filtered
  const EMPTY = "\u2013";
  const text = (row, place) => (row.cells[place] ? row.cells[place].textContent.trim() : "");
  const number = (told) => (NUMBER.test(told) ? Number.parseFloat(told.replace(/,/g, "").replace("\u2212", "-")) : NaN);

  const compare = (place, rows) => {
    const found = rows.map((row) => text(row, place)).filter((told) => told !== EMPTY && told !== "");
    const numeric = found.length > 0 && found.every((told) => !Number.isNaN(number(told)));
    return (a, b) => {
      const [x, y] = [text(a, place), text(b, place)];
      return numeric ? number(x) - number(y) : x.localeCompare(y, "en", { numeric: true });
    };
  };

  // Empty cells stay last in both orders; rows that are equal stay as they were.
  const sorted = (rows, place, order) => {
    const blank = (row) => [EMPTY, ""].includes(text(row, place));
    const filled = rows.filter((row) => !blank(row)).sort(compare(place, rows));
    if (order === "descending") filled.reverse();
    return [...filled, ...rows.filter(blank)];
  };

  const sort = (table, place, order) => {
    table.querySelectorAll("th").forEach((head) => head.removeAttribute("aria-sort"));
    if (order !== "none") table.tHead.rows[0].cells[place].setAttribute("aria-sort", order);
    const rows = order === "none" ? table.original : sorted(table.original, place, order);
    table.tBodies[0].append(...rows);
  };

  const filter = (table, told) => {
    const words = told.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.original) {
      const held = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => held.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    table.count.textContent = `${shown} of ${table.original.length} rows`;
  };

  const NEXT = { null: "ascending", ascending: "descending", descending: "none" };
  const prepare = (table) => {
    table.original = [...table.tBodies[0].rows];
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = "sort by this column";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, place, NEXT[head.getAttribute("aria-sort")]));
      head.append(button);
    });
    const tools = document.createElement("div");
    const input = document.createElement("input");
    table.count = document.createElement("span");
    tools.className = "tools";
    tools.hidden = table.original.length < FEW;
    input.type = "search";
    input.placeholder = "only rows with these words";
    input.setAttribute("aria-label", `filter the table ${table.dataset.name}`);
    input.addEventListener("input", () => filter(table, input.value));
    table.filterBox = input;
    tools.append(input, table.count);
    table.parentElement.before(tools);
    filter(table, "");
  };

  const follow = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    const table = document.querySelector(`table[data-name="${CSS.escape(asked.get("table") || "")}"]`);
    if (!table) return;
    for (let place = table.parentElement; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
    const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
    const place = heads.indexOf(asked.get("sort"));
    if (place >= 0) sort(table, place, asked.get("order") === "down" ? "descending" : "ascending");
    table.filterBox.value = asked.get("filter") || "";
    filter(table, table.filterBox.value);
    table.scrollIntoView();
  };

  document.querySelectorAll("table[data-name]").forEach(prepare);
  const folded = [];
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((each) => { each.open = true; folded.push(each); }));
  addEventListener("afterprint", () => folded.splice(0).forEach((each) => { each.open = false; }));
  addEventListener("hashchange", follow);
  follow();
})();
