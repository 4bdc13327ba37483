// What is selected: a span of the timeline in whole bins, the sites of a finding, rows of tables, or all of these together. A bar says what, with a
// button for each row and one that shows all again.
const selection = { span: whole, finding: null, rows: new Map() };
const onReset = [];
const selectionBar = document.querySelector(".selection"), selectedText = document.createElement("span"), showAll = document.createElement("button"), chips = document.createElement("span");
const selectedCondition = document.createElement("code"), untold = document.createElement("small");
[showAll.type, showAll.textContent] = ["button", "Show all"];
chips.className = "chips";
selectionBar.append(selectedText, chips, showAll, selectedCondition, untold);

const timeUnit = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]].find(([ns]) => data.spanNs >= ns) ?? [1e3, "µs"];
const timeDecimals = Math.max(0, Math.ceil(-Math.log10(data.binNs / timeUnit[0]) - 1e-9));
const timeText = bin => (Math.min(bin * data.binNs, data.spanNs) / timeUnit[0]).toLocaleString("en-US", { minimumFractionDigits: timeDecimals, maximumFractionDigits: timeDecimals });

// Of each table its rows as the page was made, because sorting moves them: what a row is called, its condition in SQL, and which rows of the lists it sums
// up; without any, the one at its own place.
const rowsOf = Object.fromEntries([...document.querySelectorAll("table[data-rows]")].map(table => [table.dataset.rows, [...table.tBodies].flatMap(body => [...body.rows]).map(row => ({
  where: row.dataset.where, members: row.dataset.members?.split(" ").map(Number), kind: table.dataset.rows === "sites" ? "Site" : table.tHead.rows[0].cells[0].textContent.trim(), name: nameOf(table.dataset.rows, row),
}))]));

// A function drops for several reasons: a site is both. Tasks may share a name.
function nameOf(list, row) {
  const head = row.cells[0].querySelector("code, a, .reason, .muted") ?? row.cells[0], other = { sites: row.querySelector("td .reason"), processes: row.cells[row.cells.length - 1] }[list];
  return [head, other].filter(Boolean).map(part => part.textContent.trim().replace(/\s+/g, " ")).join(", ");
}
let filterText = "";

// Which cells are of the finding and the rows; null where all are.
function wantsOf({ finding, rows }) {
  if (!finding && rows.size === 0) return null;
  const site = cellLists.indexOf("sites"), wanted = [...rows].map(([list, row]) => [cellLists.indexOf(list), rowsOf[list][row].members ?? [row]]);
  return cell => (!finding || finding.sites.has(cell[site])) && wanted.every(([column, members]) => members.includes(cell[column]));
}

// The selection over the view drops in SQL; null where a site of it has no condition.
function conditionOf({ span, finding, rows }) {
  const parts = [span.from > 0 ? `t_ns >= ${data.startNs + span.from * data.binNs}` : "", span.to < data.bins ? `t_ns < ${data.startNs + span.to * data.binNs}` : ""];
  const conditions = [...rows].map(([list, row]) => rowsOf[list][row].where), sites = finding ? [...finding.sites].map(site => rowsOf.sites[site]?.where) : [];
  if ([...conditions, ...sites].some(condition => !condition)) return null;
  if (finding) parts.push(`(${sites.map(condition => `(${condition})`).join(" or ")})`);
  parts.push(...conditions.map(condition => `(${condition})`));
  return parts.filter(Boolean).join(" and ");
}

// A site's packets may mean different things, and a page lists the most frequent sites alone.
function differenceText(finding, shown) {
  if (!finding || shown === finding.drops || selection.span !== whole || selection.rows.size > 0) return "";
  return shown > finding.drops
    ? `The finding has ${countText(finding.drops)} of these: other packets at the same sites mean something else. `
    : `The finding has ${countText(finding.drops)}: the others are at sites too rare for this page. `;
}

// Changes span, finding, rows, or several of them.
function choose(change) {
  Object.assign(selection, change);
  const { span, finding, rows } = selection, isPart = span !== whole || finding !== null || rows.size > 0;
  const numbers = countSpan(span, wantsOf(selection)), condition = conditionOf(selection);
  const what = [finding?.title ?? "", span === whole ? "" : `${timeText(span.from)}–${timeText(span.to)} ${timeUnit[1]}`].filter(Boolean).join(" · ");
  selectedText.dataset.text = isPart ? `Selected: ${what ? `${what} · ` : ""}${subjectText(numbers.all)}` : "";
  untold.textContent = !isPart ? "" : differenceText(finding, numbers.all) + (numbers.withoutStack === 0 ? "" : `Of the rarest kinds ${subjectText(numbers.withoutStack)} ${numbers.withoutStack === 1 ? "is" : "are"} told without the stack`
    + (numbers.rarest === 0 ? "" : `, ${countText(numbers.rarest)} of these by ${data.heat.byFunction ? "function" : "reason"} and driver at most`)
    + `: a ${numbers.rarest === 0 ? "stack" : "row, or a stack,"} may be low by as many.`);
  selectedCondition.textContent = condition ? `where ${condition}` : "";
  document.body.classList.toggle("selecting", isPart);
  showChips();
  showBar();
  for (const tell of onSelect) tell(numbers, isPart ? span : null, condition ?? "");
}

// Shows one row's drops alone, or no longer: of a table one row at a time.
function toggleRow(list, row) {
  const rows = new Map(selection.rows);
  if (rows.get(list) === row) rows.delete(list);
  else rows.set(list, row);
  choose({ rows });
}

function showChips() {
  chips.replaceChildren(...[...selection.rows].map(([list, row]) => {
    const chip = document.createElement("button"), { kind, name } = rowsOf[list][row];
    chip.type = "button";
    const text = name.startsWith(kind) ? name : `${kind}: ${name}`; // "CPU 0" says what it is
    chip.textContent = `${text} ×`;
    chip.setAttribute("aria-label", `No longer only ${text}`);
    chip.addEventListener("click", () => toggleRow(list, row));
    return chip;
  }));
}

function showBar() {
  const parts = [selectedText.dataset.text ?? "", filterText === "" ? "" : `Rows with “${filterText}”`].filter(Boolean);
  selectedText.textContent = parts.join(" · ");
  selectionBar.hidden = parts.length === 0;
}

function reset() {
  for (const back of onReset) back();
  choose({ span: whole, finding: null, rows: new Map() });
}

showAll.addEventListener("click", reset);
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !event.defaultPrevented && !event.target.matches("input")) reset();
});

// Findings show their drops: those of their sites, or those of a span.
for (const offer of document.querySelectorAll(".show-me")) offer.hidden = false;
document.addEventListener("click", event => {
  const link = event.target.closest(".show-me a");
  if (!link) return;
  const { fromNs, toNs } = link.dataset, bin = ns => Math.floor((Number(ns) - data.startNs) / data.binNs);
  if (link.dataset.sites) choose({ span: whole, finding: findingOf(link), rows: new Map() });
  else choose({ span: spanOf(bin(fromNs), bin(toNs) + 1), finding: null, rows: new Map() });
  document.querySelector(link.getAttribute("href")).scrollIntoView(); // the address keeps the selection
  event.preventDefault();
});

function findingOf(link) {
  const { sites, drops, title } = link.dataset;
  return { id: link.closest(".finding").id, sites: new Set(sites.split(" ").map(Number)), drops: Number(drops), title };
}

// A span within the window, of one bin at least: an end that would pass the other stops before it.
function spanOf(from, to, moved) {
  from = Math.min(Math.max(from, 0), data.bins - 1);
  to = Math.min(Math.max(to, 1), data.bins);
  if (from >= to) [from, to] = moved === "from" ? [to - 1, to] : [from, from + 1];
  return from === 0 && to === data.bins ? whole : { from, to };
}
