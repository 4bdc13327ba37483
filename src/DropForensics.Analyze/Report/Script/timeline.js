// A span of the timeline can be selected, in whole bins: with the mouse, or with two sliders. All that counts then counts that span.
for (const figure of document.querySelectorAll("figure.timeline")) {
  const drawn = figure.querySelector("svg"), plot = drawn.dataset.plot?.split(" ").map(Number);
  if (!plot) continue;
  const [x, y, width, height] = plot;
  const svg = name => document.createElementNS("http://www.w3.org/2000/svg", name);
  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const xOf = bin => x + width * Math.min(1, bin * data.binNs / data.spanNs);
  const unit = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]].find(([ns]) => data.spanNs >= ns) ?? [1e3, "µs"];
  const decimals = Math.max(0, Math.ceil(-Math.log10(data.binNs / unit[0]) - 1e-9));
  const timeText = bin => (Math.min(bin * data.binNs, data.spanNs) / unit[0]).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

  const overlay = set(svg("svg"), { viewBox: drawn.getAttribute("viewBox"), class: "brush", role: "group", "aria-label": "Selected span of the timeline" });
  const shades = [0, 1].map(() => overlay.appendChild(set(svg("rect"), { class: "shade", y, height })));
  const bar = document.querySelector(".selection"), text = document.createElement("span"), clear = document.createElement("button"), where = document.createElement("code"), untold = document.createElement("small");
  [clear.type, clear.textContent] = ["button", "Show all"];
  bar.append(text, clear, where, untold);
  let selected = { ...whole };

  const handles = ["from", "to"].map(end => {
    const handle = set(svg("g"), { role: "slider", tabindex: 0, "aria-label": end === "from" ? "Beginning of the span" : "End of the span", "aria-valuemin": 0, "aria-valuemax": data.bins, class: "handle" });
    handle.append(set(svg("rect"), { class: "reach", x: -12, y, width: 24, height }), set(svg("rect"), { class: "grip", x: end === "from" ? 0 : -2, y, width: 2, height }), set(svg("rect"), { class: "grip", x: end === "from" ? 0 : -8, y: y + height / 2 - 14, width: 8, height: 28, rx: 2 }));
    handle.addEventListener("keydown", event => {
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -data.bins, End: data.bins }[event.key];
      if (event.key === "Escape") select(whole);
      else if (step) select({ ...selected, [end]: selected[end] + step }, end);
      else return;
      event.preventDefault();
    });
    return overlay.appendChild(handle);
  });

  // At least one bin is selected: an end that would pass the other stops before it.
  function select(span, end) {
    let from = Math.min(Math.max(span.from, 0), data.bins - 1), to = Math.min(Math.max(span.to, 1), data.bins);
    if (from >= to) [from, to] = end === "from" ? [to - 1, to] : [from, from + 1];
    if (from === selected.from && to === selected.to) return;
    selected = { from, to };
    const part = from === 0 && to === data.bins ? null : selected;
    const numbers = countSpan(selected);
    draw();
    bar.hidden = part === null;
    document.body.classList.toggle("selecting", part !== null);
    text.textContent = `Selected: ${timeText(from)}–${timeText(to)} ${unit[1]} · ${subjectText(numbers.all)}`;
    untold.textContent = numbers.withoutStack === 0 ? "" : `Of the rarest kinds ${subjectText(numbers.withoutStack)} ${numbers.withoutStack === 1 ? "is" : "are"} told without the stack`
      + (numbers.rarest === 0 ? "" : `, ${countText(numbers.rarest)} of these by ${data.heat.byFunction ? "function" : "reason"} and driver at most`)
      + `: a ${numbers.rarest === 0 ? "stack" : "row, or a stack,"} may be low by as many.`;
    const ends = [from > 0 ? `t_ns >= ${data.startNs + from * data.binNs}` : "", to < data.bins ? `t_ns < ${data.startNs + to * data.binNs}` : ""];
    const condition = ends.filter(Boolean).join(" and ");
    where.textContent = `where ${condition}`;
    for (const tell of onSelect) tell(numbers, part, condition);
  }

  function draw() {
    const [left, right] = [xOf(selected.from), xOf(selected.to)];
    set(shades[0], { x, width: left - x });
    set(shades[1], { x: right, width: x + width - right });
    [selected.from, selected.to].forEach((bin, i) => set(handles[i], { transform: `translate(${[left, right][i]} 0)`, "aria-valuenow": bin, "aria-valuetext": `${timeText(bin)} ${unit[1]}` }));
  }

  const binAt = event => {
    const box = drawn.getBoundingClientRect(), at = (event.clientX - box.left) * drawn.viewBox.baseVal.width / box.width;
    return Math.min(Math.max(Math.floor((at - x) / width * data.spanNs / data.binNs), 0), data.bins - 1);
  };
  figure.addEventListener("pointerdown", event => {
    const end = handles.indexOf(event.target.closest(".handle"));
    if (event.button !== 0 || (event.pointerType === "touch" && end < 0)) return;
    const first = binAt(event), fixed = end < 0 ? first : end === 0 ? selected.to - 1 : selected.from;
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
  clear.addEventListener("click", () => select(whole));

  // What shows a span elsewhere on the page: <a href="#timeline" data-from-ns="…" data-to-ns="…">, the last one of the span.
  document.addEventListener("click", event => {
    const link = event.target.closest("[data-from-ns]");
    if (!link) return;
    const bin = ns => Math.floor((Number(ns) - data.startNs) / data.binNs);
    select({ from: bin(link.dataset.fromNs), to: bin(link.dataset.toNs) + 1 });
  });
  draw();
  figure.append(overlay);
}
