// A box of the map is a button: it shows the drops of its interface alone, and a second time all again, as the interface's row does.
for (const drawn of document.querySelectorAll(".map figure svg")) {
  const boxes = [...drawn.querySelectorAll("rect[data-row]")].map(rect => ({ rect, row: Number(rect.dataset.row) })).filter(({ row }) => rowsOf.interfaces?.[row]?.where && canSelect("interfaces", row));
  if (boxes.length === 0) continue;
  drawn.setAttribute("role", "group"); // a picture has no buttons
  for (const { rect, row } of boxes) {
    rect.setAttribute("role", "button");
    rect.setAttribute("tabindex", "0");
    rect.setAttribute("aria-label", `Only ${rect.dataset.series} of ${rect.dataset.where}, ${subjectText(Number(rect.dataset.value))}`);
    rect.addEventListener("click", () => toggleRow("interfaces", row));
    rect.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggleRow("interfaces", row);
    });
  }
  const press = () => boxes.forEach(({ rect, row }) => rect.setAttribute("aria-pressed", selection.rows.get("interfaces") === row));
  onSelect.push(press);
  press();
}
