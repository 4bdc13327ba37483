// Tables of any page: sorting by a click on a column's head, a filter over all rows, and a hint where a table is wider than the screen.
"use strict";
const key = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
const isNumeric = head => head.classList.contains("number") || head.classList.contains("share");
let wanted = "";

// A row is shown if it has what the filter wants and the selection has any of it.
function show(row) {
  row.hidden = row.classList.contains("nothing") || (wanted !== "" && !row.textContent.toLowerCase().includes(wanted));
}

function place(table, rows, first) {
  table.tBodies[0].append(...rows.slice(0, first));
  table.tBodies[1]?.append(...rows.slice(first));
}

function sort(table, column, order, first) {
  const rows = [...table.tBodies].flatMap(body => [...body.rows]);
  const difference = rows.every(row => row.cells[column].dataset.sort !== undefined)
    ? (a, b) => Number(key(a, column)) - Number(key(b, column))
    : (a, b) => key(a, column).localeCompare(key(b, column), "en");
  place(table, rows.sort((a, b) => order * difference(a, b)), first);
}

const sortable = [];
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const first = table.tBodies[0].rows.length;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const order = head.ariaSort ? (head.ariaSort === "descending" ? 1 : -1) : (isNumeric(head) ? -1 : 1);
      for (const other of heads) other.removeAttribute("aria-sort");
      head.ariaSort = order > 0 ? "ascending" : "descending";
      sort(table, column, order, first);
    });
  });
  sortable.push({ table, heads, first });
}

const filter = document.querySelector(".filter"), filterInput = filter.querySelector("input"), onFilter = [];
filter.hidden = false;
filterInput.addEventListener("input", () => {
  wanted = filterInput.value.trim().toLowerCase();
  for (const group of document.querySelectorAll(".rows")) {
    group.classList.toggle("filtered", wanted !== "");
    for (const row of group.querySelectorAll("tbody tr, details")) show(row);
  }
  for (const tell of onFilter) tell(filterInput.value.trim());
});

// A table that is wider than the screen scrolls in its own box, and says so until its last column is seen.
const boxes = [...document.querySelectorAll(".scroll")];
const showMore = box => box.classList.toggle("more-right", box.scrollLeft + box.clientWidth < box.scrollWidth - 4);
for (const box of boxes) box.addEventListener("scroll", () => showMore(box), { passive: true });
const watch = new ResizeObserver(() => boxes.forEach(showMore));
for (const box of boxes) watch.observe(box);
