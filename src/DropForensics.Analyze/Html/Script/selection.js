// What is selected: a span of the timeline in whole bins, the sites of a finding, or both. A bar says what, and its one button shows all again.
const selection = { span: whole, finding: null };
const onReset = [];
const selectionBar = document.querySelector(".selection"), selectedText = document.createElement("span"), showAll = document.createElement("button");
const selectedCondition = document.createElement("code"), untold = document.createElement("small");
[showAll.type, showAll.textContent] = ["button", "Show all"];
selectionBar.append(selectedText, showAll, selectedCondition, untold);

const timeUnit = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]].find(([ns]) => data.spanNs >= ns) ?? [1e3, "µs"];
const timeDecimals = Math.max(0, Math.ceil(-Math.log10(data.binNs / timeUnit[0]) - 1e-9));
const timeText = bin => (Math.min(bin * data.binNs, data.spanNs) / timeUnit[0]).toLocaleString("en-US", { minimumFractionDigits: timeDecimals, maximumFractionDigits: timeDecimals });

const siteTable = document.querySelector("table[data-rows=sites]");
const conditionOfSite = siteTable ? [...siteTable.tBodies].flatMap(body => [...body.rows]).map(row => row.dataset.where) : [];
let filterText = "";

// The selection over the view drops in SQL; null where a site of it has no condition.
function conditionOf({ span, finding }) {
  const parts = [span.from > 0 ? `t_ns >= ${data.startNs + span.from * data.binNs}` : "", span.to < data.bins ? `t_ns < ${data.startNs + span.to * data.binNs}` : ""];
  if (finding) {
    const sites = [...finding.sites].map(site => conditionOfSite[site]);
    if (sites.some(condition => !condition)) return null;
    parts.push(`(${sites.map(condition => `(${condition})`).join(" or ")})`);
  }
  return parts.filter(Boolean).join(" and ");
}

// A site's packets may mean different things, and a page lists the most frequent sites alone.
function differenceText(finding, shown) {
  if (!finding || shown === finding.drops || selection.span !== whole) return "";
  return shown > finding.drops
    ? `The finding has ${countText(finding.drops)} of these: other packets at the same sites mean something else. `
    : `The finding has ${countText(finding.drops)}: the others are at sites too rare for this page. `;
}

// Changes span, finding, or both.
function choose(change) {
  Object.assign(selection, change);
  const { span, finding } = selection, isPart = span !== whole || finding !== null;
  const numbers = countSpan(span, finding?.sites ?? null), condition = conditionOf(selection);
  const what = [finding?.title ?? "", span === whole ? "" : `${timeText(span.from)}–${timeText(span.to)} ${timeUnit[1]}`].filter(Boolean).join(" · ");
  selectedText.dataset.text = isPart ? `Selected: ${what} · ${subjectText(numbers.all)}` : "";
  untold.textContent = !isPart ? "" : differenceText(finding, numbers.all) + (numbers.withoutStack === 0 ? "" : `Of the rarest kinds ${subjectText(numbers.withoutStack)} ${numbers.withoutStack === 1 ? "is" : "are"} told without the stack`
    + (numbers.rarest === 0 ? "" : `, ${countText(numbers.rarest)} of these by ${data.heat.byFunction ? "function" : "reason"} and driver at most`)
    + `: a ${numbers.rarest === 0 ? "stack" : "row, or a stack,"} may be low by as many.`);
  selectedCondition.textContent = condition ? `where ${condition}` : "";
  document.body.classList.toggle("selecting", isPart);
  showBar();
  for (const tell of onSelect) tell(numbers, isPart ? span : null, condition ?? "");
}

function showBar() {
  const parts = [selectedText.dataset.text ?? "", filterText === "" ? "" : `Rows with “${filterText}”`].filter(Boolean);
  selectedText.textContent = parts.join(" · ");
  selectionBar.hidden = parts.length === 0;
}

function reset() {
  for (const back of onReset) back();
  choose({ span: whole, finding: null });
}

showAll.addEventListener("click", reset);

// Findings show their drops: those of their sites, or those of a span.
for (const offer of document.querySelectorAll(".show-me")) offer.hidden = false;
document.addEventListener("click", event => {
  const link = event.target.closest(".show-me a");
  if (!link) return;
  const { sites, drops, title, fromNs, toNs } = link.dataset, bin = ns => Math.floor((Number(ns) - data.startNs) / data.binNs);
  if (sites) choose({ span: whole, finding: { sites: new Set(sites.split(" ").map(Number)), drops: Number(drops), title } });
  else choose({ span: spanOf(bin(fromNs), bin(toNs) + 1), finding: null });
});

// A span within the window, of one bin at least: an end that would pass the other stops before it.
function spanOf(from, to, moved) {
  from = Math.min(Math.max(from, 0), data.bins - 1);
  to = Math.min(Math.max(to, 1), data.bins);
  if (from >= to) [from, to] = moved === "from" ? [to - 1, to] : [from, from + 1];
  return from === 0 && to === data.bins ? whole : { from, to };
}
