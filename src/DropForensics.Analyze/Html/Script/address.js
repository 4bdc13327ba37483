// The selection in the page's address, so that what is seen can be shared as a link: #show?t=3-9&reasons=0&finding=finding-closed-port
const mark = "#show?";
let writing = 0;

// A drag changes the selection many times a second, and a browser counts how often the address is written.
function keepAddress() {
  clearTimeout(writing);
  writing = setTimeout(() => {
    const { span, finding, rows } = selection;
    const parts = [span === whole ? "" : `t=${span.from}-${span.to}`, finding ? `finding=${finding.id}` : "", ...[...rows].map(([list, row]) => `${list}=${row}`)].filter(Boolean);
    if (parts.length > 0) history.replaceState(null, "", mark + parts.join("&"));
    else if (location.hash.startsWith(mark)) history.replaceState(null, "", "#");
  }, 100);
}

// What a link asks for and this page does not have is passed over.
function restore(hash) {
  if (!hash.startsWith(mark)) return;
  clearTimeout(writing);
  const change = { span: whole, finding: null, rows: new Map() };
  for (const [name, value] of new URLSearchParams(hash.slice(mark.length))) {
    const span = name === "t" ? /^(\d+)-(\d+)$/.exec(value) : null, row = /^\d+$/.test(value) ? Number(value) : -1;
    const link = name === "finding" && value.startsWith("finding-") ? document.getElementById(value)?.querySelector(".show-me a[data-sites]") : null;
    if (span && Number(span[1]) < Number(span[2])) change.span = spanOf(Number(span[1]), Number(span[2]));
    else if (link) change.finding = findingOf(link);
    else if (rowsOf[name]?.[row]?.where && canSelect(name, row)) change.rows.set(name, row);
  }
  choose(change);
}

onSelect.push(keepAddress);
addEventListener("hashchange", event => restore(new URL(event.newURL).hash)); // the address itself may have been written since
restore(location.hash);
