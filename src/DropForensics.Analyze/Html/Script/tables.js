// Tables of a report: the numbers of a selected span in place of those of all.
// One of some buttons can be reached with Tab, the others with the arrow keys.
function rove(table, buttons, className) {
  if (buttons.length === 0) return;
  for (const button of buttons) button.tabIndex = -1;
  buttons[0].tabIndex = 0;
  table.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains(className)) return;
    const shown = [...table.querySelectorAll(`tr:not([hidden]) button.${className}`)].filter(button => button.offsetParent), next = shown[shown.indexOf(event.target) + step];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
  });
}

// A click on what names a row shows its drops alone, and a second one all again.
function filterBy(table, rows) {
  const list = table.dataset.rows;
  const buttons = rows.map((row, i) => {
    if (!row.dataset.where || !canSelect(list, i)) return null;
    const head = row.cells[0], button = document.createElement("button");
    [button.type, button.className] = ["button", "only"]; // its word is the style's: the row's text stays what is looked for
    button.setAttribute("aria-label", `Only ${rowsOf[list][i].name}`);
    head.insertBefore(button, head.querySelector(":scope > .narrow, :scope > .sub")); // on the name's own line
    head.classList.add("filters");
    head.addEventListener("click", event => {
      if (!getSelection().isCollapsed || event.ctrlKey || event.metaKey || event.detail === 0 && event.target.closest("a")) return; // to copy a name, or to follow it to the glossary
      event.preventDefault();
      toggleRow(list, i);
    });
    return button;
  });
  onSelect.push(() => buttons.forEach((button, i) => button?.setAttribute("aria-pressed", selection.rows.get(list) === i)));
  rove(table, buttons.filter(Boolean), "only");
  if (rows.some((row, i) => row.dataset.where && !canSelect(list, i) && within(listDrops[list][i], whole) !== 0)) {
    const limit = table.caption.appendChild(document.createElement("span"));
    limit.className = "limit";
    limit.textContent = buttons.some(Boolean) ? "Rows with few drops cannot be selected: this capture has too many of them." : "These rows cannot be selected: this capture has too many kinds of drops.";
  }
}

const partText = (all, has) => all === 0 ? `No ${data.many} match the selection.` : `Of the selected ${subjectText(all)} ${has}.`;

// Shows of a row's number and share those of the selection.
function follow(table, heads, first) {
  const rows = [...table.tBodies].flatMap(body => [...body.rows]), caption = table.caption.firstElementChild, captionOfAll = caption.textContent;
  filterBy(table, rows);
  const share = heads.findIndex(head => head.classList.contains("share"));
  const count = share - 1;
  const before = rows.map(row => [count, share].map(column => ({ text: row.cells[column].textContent.trim(), sort: row.cells[column].dataset.sort })));
  const note = document.createElement("p");
  note.className = "small muted rest";
  note.hidden = true;
  table.closest(".rows").append(note);
  const write = (row, countOf, shareOf, width) => {
    const [countCell, shareCell] = [row.cells[count], row.cells[share]];
    [(countCell.querySelector("button") ?? countCell).textContent, countCell.dataset.sort] = [countOf.text, countOf.sort];
    [shareCell.firstChild.data, shareCell.dataset.sort] = [shareOf.text, shareOf.sort];
    shareCell.querySelector("rect:last-of-type").setAttribute("width", width);
  };
  onSelect.push((numbers, span) => {
    const drops = numbers.lists[table.dataset.rows];
    const counts = rowsOf[table.dataset.rows].map(({ members }, i) => (members ?? [i]).reduce((sum, member) => sum === null || drops[member] === null ? null : sum + (drops[member] ?? 0), 0));
    const listed = counts.reduce((sum, number) => sum + (number ?? 0), 0), isUncounted = counts.every(number => number === null);
    caption.textContent = span && !isUncounted ? `${captionOfAll.split(/[.;]/)[0]}; shares of the selected ${subjectText(numbers.all)}.` : captionOfAll;
    rows.forEach((row, i) => {
      const number = counts[i], part = numbers.all === 0 ? 0 : number / numbers.all;
      row.classList.toggle("nothing", span !== null && (number === 0 || isUncounted));
      if (!span) write(row, ...before[i], Number(before[i][1].sort) * 100);
      else if (number === null) write(row, { text: "not kept", sort: 0 }, { text: "", sort: 0 }, 0);
      else write(row, { text: countText(number), sort: number }, { text: percentText(part), sort: part }, part * 100);
      show(row);
    });
    const sorted = heads.findIndex(head => head.ariaSort);
    if (sorted >= 0) sort(table, sorted, heads[sorted].ariaSort === "ascending" ? 1 : -1, first);
    else if (span) sort(table, count, -1, first);
    else place(table, rows, first);
    note.hidden = !span || listed === numbers.all && listed > 0;
    if (span) note.textContent = isUncounted ? "The page cannot count this selection by these rows; the SQL above can." : partText(numbers.all, `these rows have ${countText(listed)}`);
  });
}

for (const { table, heads, first } of sortable) if (table.dataset.rows) follow(table, heads, first);

// The list of stacks.
for (const list of document.querySelectorAll("[data-rows=stacks]")) {
  const stacks = [...list.querySelectorAll("details")];
  const before = stacks.map(stack => [stack.querySelector(".number").textContent, stack.querySelector(".percent").textContent]);
  const note = list.appendChild(document.createElement("p"));
  note.className = "small muted rest";
  onSelect.push((numbers, span) => {
    let listed = 0;
    stacks.forEach((stack, i) => {
      const drops = numbers.lists.stacks[i] ?? 0;
      const texts = span ? [countText(drops), percentText(numbers.all === 0 ? 0 : drops / numbers.all)] : before[i];
      [stack.querySelector(".number").textContent, stack.querySelector(".percent").textContent] = texts;
      stack.classList.toggle("nothing", span !== null && drops === 0);
      show(stack);
      listed += drops;
    });
    note.hidden = !span || listed === numbers.all && listed > 0;
    note.textContent = partText(numbers.all, `these stacks have ${countText(listed)}`);
  });
}

onFilter.push(text => {
  filterText = text;
  showBar();
});
onReset.push(() => {
  filterInput.value = "";
  filterInput.dispatchEvent(new Event("input"));
});
