// A span of the timeline can be selected, in whole bins: with the mouse, or with two sliders. All that counts then counts that span.
for (const figure of document.querySelectorAll("figure.timeline, figure.timeline-phone")) {
  const drawn = figure.querySelector("svg"), plot = drawn.dataset.plot?.split(" ").map(Number);
  if (!plot) continue;
  const [x, y, width, height] = plot;
  const svg = name => document.createElementNS("http://www.w3.org/2000/svg", name);
  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const xOf = bin => x + width * Math.min(1, bin * data.binNs / data.spanNs);

  const overlay = set(svg("svg"), { viewBox: drawn.getAttribute("viewBox"), class: "brush", role: "group", "aria-label": "Selected span of the timeline" });
  const shades = [0, 1].map(() => overlay.appendChild(set(svg("rect"), { class: "shade", y, height })));

  const handles = ["from", "to"].map(end => {
    const handle = set(svg("g"), { role: "slider", tabindex: 0, "aria-label": end === "from" ? "Beginning of the span" : "End of the span", "aria-valuemin": 0, "aria-valuemax": data.bins, class: "handle" });
    handle.append(set(svg("rect"), { class: "reach", x: -12, y, width: 24, height }), set(svg("rect"), { class: "grip", x: end === "from" ? 0 : -2, y, width: 2, height }), set(svg("rect"), { class: "grip", x: end === "from" ? -5 : 0, y: y - 17, width: 5, height: 12, rx: 2 }));
    handle.addEventListener("keydown", event => {
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -data.bins, End: data.bins }[event.key];
      if (step) select({ ...selection.span, [end]: selection.span[end] + step }, end);
      else return;
      event.preventDefault();
    });
    return overlay.appendChild(handle);
  });

  function select(wish, end) {
    const span = spanOf(wish.from, wish.to, end);
    if (span.from !== selection.span.from || span.to !== selection.span.to) choose({ span });
  }

  // What is selected of each column, where a finding or a row is: drawn over the others, which are pale then.
  const chosen = overlay.insertBefore(set(svg("path"), { class: "chosen" }), shades[0]);
  // A small bar is drawn a pixel high at least, so the tallest tells the scale.
  const tallest = [...drawn.querySelectorAll("rect[data-value]")].reduce((most, bar) => !most || Number(bar.getAttribute("height")) > Number(most.getAttribute("height")) ? bar : most, null);
  const column = tallest ? Number(tallest.getAttribute("height")) / Number(tallest.dataset.value) : 0;
  function drawChosen() {
    const wants = wantsOf(selection), columns = new Array(data.bins).fill(0);
    figure.classList.toggle("part", wants !== null);
    data.cells.forEach((cell, i) => {
      if (wants?.(cell)) columns.forEach((_, bin) => { columns[bin] += cellDrops[i][bin + 1] - cellDrops[i][bin]; });
    });
    set(chosen, { d: columns.map((drops, bin) => drops === 0 ? "" : `M${xOf(bin)} ${y + height}v${-drops * column}H${xOf(bin + 1) - 0.5}v${drops * column}z`).join("") });
  }

  function draw() {
    drawChosen();
    const { from, to } = selection.span, [left, right] = [xOf(from), xOf(to)];
    set(shades[0], { x, width: left - x });
    set(shades[1], { x: right, width: x + width - right });
    [from, to].forEach((bin, i) => set(handles[i], { transform: `translate(${[left, right][i]} 0)`, "aria-valuenow": bin, "aria-valuetext": `${timeText(bin)} ${timeUnit[1]}` }));
  }

  const binAt = event => {
    const box = drawn.getBoundingClientRect(), at = (event.clientX - box.left) * drawn.viewBox.baseVal.width / box.width;
    return Math.min(Math.max(Math.floor((at - x) / width * data.spanNs / data.binNs), 0), data.bins - 1);
  };
  figure.addEventListener("pointerdown", event => {
    const end = handles.indexOf(event.target.closest(".handle"));
    if (event.button !== 0 || (event.pointerType === "touch" && end < 0)) return;
    const first = binAt(event), fixed = end < 0 ? first : end === 0 ? selection.span.to - 1 : selection.span.from;
    const move = at => {
      const bin = binAt(at);
      select(end < 0 ? { from: Math.min(first, bin), to: Math.max(first, bin) + 1 } : end === 0 ? { from: Math.min(bin, fixed), to: fixed + 1 } : { from: fixed, to: Math.max(bin, fixed) + 1 });
    };
    const stop = () => {
      figure.removeEventListener("pointermove", move);
      figure.removeEventListener("pointerup", stop);
      figure.removeEventListener("pointercancel", stop);
    };
    figure.setPointerCapture(event.pointerId);
    figure.addEventListener("pointermove", move);
    figure.addEventListener("pointerup", stop);
    figure.addEventListener("pointercancel", stop);
    if (end < 0) move(event);
    else handles[end].focus();
    event.preventDefault();
  });
  // In a page that is short of room the columns do not carry what they say on hovering.
  drawn.addEventListener("pointerover", event => {
    const mark = event.target.closest("[data-where]");
    if (mark && !mark.querySelector("title")) mark.appendChild(svg("title")).textContent = `${mark.dataset.series}: ${countText(Number(mark.dataset.value))} at ${mark.dataset.where}`;
  });
  onSelect.push(draw);
  draw();
  figure.append(overlay);
}
