// The selection in the page's address, so that what is seen can be shared as a link: #show?t=3-9&reasons=0&finding=finding-closed-port
const mark = "#show?";
let isRestoring = false;

function keepAddress() {
  if (isRestoring) return;
  const { span, finding, rows } = selection;
  const parts = [span === whole ? "" : `t=${span.from}-${span.to}`, finding ? `finding=${finding.id}` : "", ...[...rows].map(([list, row]) => `${list}=${row}`)].filter(Boolean);
  if (parts.length > 0) history.replaceState(null, "", mark + parts.join("&"));
  else if (location.hash.startsWith(mark)) history.replaceState(null, "", "#");
}

// What a link asks for and this page does not have is passed over.
function restore() {
  if (!location.hash.startsWith(mark)) return;
  const change = { span: whole, finding: null, rows: new Map() };
  for (const [name, value] of new URLSearchParams(location.hash.slice(mark.length))) {
    const [from, to] = value.split("-").map(Number), link = name === "finding" ? document.getElementById(value)?.querySelector(".show-me a[data-sites]") : null;
    if (name === "t" && Number.isInteger(from) && Number.isInteger(to)) change.span = spanOf(from, to);
    else if (link) change.finding = findingOf(link);
    else if (cellLists.includes(name) && rowsOf[name]?.[from]?.where) change.rows.set(name, from);
  }
  isRestoring = true;
  choose(change);
  isRestoring = false;
}

onSelect.push(keepAddress);
addEventListener("hashchange", restore);
restore();
