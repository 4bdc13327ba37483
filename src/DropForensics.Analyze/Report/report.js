// The page is whole without this. It adds: sorting by a click on a column's head, and a filter over the rows of all tables.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const first = table.tBodies[0].rows.length;
  const key = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numeric = head.classList.contains("number") || head.classList.contains("share");
      const order = head.ariaSort ? (head.ariaSort === "descending" ? 1 : -1) : (numeric ? -1 : 1);
      for (const other of heads) other.removeAttribute("aria-sort");
      head.ariaSort = order > 0 ? "ascending" : "descending";
      const rows = [...table.tBodies].flatMap(body => [...body.rows]);
      const difference = numeric
        ? (a, b) => Number(key(a, column)) - Number(key(b, column))
        : (a, b) => key(a, column).localeCompare(key(b, column), "en");
      rows.sort((a, b) => order * difference(a, b));
      table.tBodies[0].append(...rows.slice(0, first));
      table.tBodies[1]?.append(...rows.slice(first));
    });
  });
}
const filter = document.querySelector(".filter");
filter.hidden = false;
filter.querySelector("input").addEventListener("input", event => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const group of document.querySelectorAll(".rows")) {
    group.classList.toggle("filtered", wanted !== "");
    for (const row of group.querySelectorAll("tbody tr, details")) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
    }
  }
});
