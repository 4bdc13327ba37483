// The raw lines behind a number: a click on it, or Enter, shows the command that prints some of them. Arrow keys move among a table's numbers.
let selectedWhere = "";

for (const table of document.querySelectorAll("table[data-rows]")) {
  const query = table.closest(".rows").querySelector(".query"), rows = [...table.tBodies].flatMap(body => [...body.rows]).filter(row => row.dataset.where);
  if (!query || rows.length === 0) continue;
  const lines = document.createElement("div"), intro = document.createElement("p"), command = document.createElement("pre");
  [lines.className, lines.hidden] = ["lines", true];
  lines.setAttribute("role", "status");
  lines.append(intro, command);
  query.before(lines);
  const share = [...table.tHead.rows[0].cells].findIndex(head => head.classList.contains("share"));
  const buttons = rows.map(row => {
    const button = document.createElement("button");
    [button.type, button.className] = ["button", "count"];
    button.title = "raw lines";
    button.append(...row.cells[share - 1].childNodes);
    row.cells[share - 1].append(button);
    return button;
  });
  table.addEventListener("click", event => {
    const button = event.target.closest("button.count");
    if (!button) return;
    const row = button.closest("tr"), file = query.dataset.file, cpu = "merged" in query.dataset ? "" : " --cpu ' || cpu || '";
    intro.textContent = `Raw lines of ${row.querySelector("th").firstElementChild?.textContent.trim() ?? row.querySelector("th").textContent.trim()}, the first three:`;
    command.textContent = `sqlite3 ${file} <<'SQL' | sh\nselect 'analyze raw ${file.replaceAll("'", "''")}${cpu} | sed -n ' || raw_line || 'p' from drops\n`
      + ` where ${row.dataset.where}${selectedWhere && ` and ${selectedWhere}`} order by t_ns limit 3;\nSQL`;
    lines.hidden = false;
  });
  rove(table, buttons, "count");
  onSelect.push(() => { lines.hidden = true; });
}

// Queries follow the selection.
for (const query of document.querySelectorAll(".query pre")) {
  const text = query.textContent;
  onSelect.push((numbers, span, where) => {
    selectedWhere = where;
    query.textContent = where === "" ? text : text.replace("\n group by", `\n where ${where}\n group by`);
  });
}
