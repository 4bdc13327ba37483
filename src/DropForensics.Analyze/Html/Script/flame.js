// The flame graph to zoom into and to search, in place of the drawn one. Keys: arrows move, Enter zooms, Escape goes back to all.
for (const figure of document.querySelectorAll("figure.flame")) {
  const { parents, nameOf, colours } = data.frames, names = nameOf.map(name => data.frames.names[name]);
  const below = names.map(() => []), roots = [];
  parents.forEach((parent, frame) => (parent < 0 ? roots : below[parent]).push(frame));
  const all = -1, narrowest = 0.001;
  const tools = document.createElement("div"), graph = document.createElement("div"), status = document.createElement("span");
  const back = document.createElement("button"), label = document.createElement("label"), search = document.createElement("input");
  tools.className = "tools";
  graph.className = "frames-graph";
  graph.setAttribute("role", "group");
  graph.setAttribute("aria-label", "Flame graph. Arrow keys move, Enter zooms, Escape shows all.");
  status.setAttribute("role", "status");
  [back.type, back.textContent, back.hidden] = ["button", "Zoom out", true];
  [search.type, search.autocomplete, search.spellcheck] = ["search", "off", false];
  label.append("Find frames ", search);
  tools.append(label, back, status);
  let drops = [], total = 0, zoomed = all, focused = all, found = "";

  // What each frame has: the cells whose stacks end in it, or go on from it.
  function count(numbers) {
    drops = new Array(names.length).fill(0);
    numbers.cells.forEach((number, cell) => { drops[data.cells[cell][leafOfCell]] += number; });
    for (let frame = names.length - 1; frame >= 0; frame--) if (parents[frame] >= 0) drops[parents[frame]] += drops[frame];
    total = numbers.all;
  }

  const matches = frame => found !== "" && names[frame].toLowerCase().includes(found);
  const dropsOf = frame => frame === all ? total : drops[frame];
  const childrenOf = frame => (frame === all ? roots : below[frame]).filter(child => drops[child] > 0).sort((a, b) => drops[b] - drops[a] || a - b);

  function draw(frame, left, width, depth) {
    const button = document.createElement("button");
    button.type = "button";
    const name = frame === all ? `all ${data.many}` : names[frame];
    button.textContent = name;
    button.title = `${name}: ${subjectText(dropsOf(frame))}, ${percentText(total === 0 ? 0 : dropsOf(frame) / total)}`;
    button.dataset.frame = frame;
    button.dataset.drops = dropsOf(frame);
    button.tabIndex = frame === focused ? 0 : -1;
    button.classList.toggle("module", name.endsWith("]"));
    button.classList.toggle("match", frame !== all && matches(frame));
    const root = roots.indexOf(frame);
    if (root >= 0) {
      button.classList.add("site");
      button.style.borderTopColor = `var(--${colours[root]})`;
    }
    button.style.left = `${left * 100}%`;
    button.style.width = `${width * 100}%`;
    button.style.top = `${depth * 21}px`;
    graph.append(button);
    return depth;
  }

  function drawBelow(frame, left, width, depth) {
    let deepest = depth;
    for (const child of childrenOf(frame)) {
      const share = width * drops[child] / dropsOf(frame);
      if (share >= narrowest) {
        draw(child, left, share, depth + 1);
        deepest = Math.max(deepest, drawBelow(child, left, share, depth + 1));
      }
      left += share;
    }
    return deepest;
  }

  function render(takeFocus) {
    if (dropsOf(zoomed) === 0) zoomed = all;
    graph.replaceChildren();
    const way = [];
    for (let frame = zoomed; frame !== all; frame = parents[frame]) way.unshift(frame);
    way.unshift(all);
    way.forEach((frame, depth) => draw(frame, 0, 1, depth));
    graph.style.height = `${(drawBelow(zoomed, 0, 1, way.length - 1) + 1) * 21}px`;
    if (!graph.querySelector("[tabindex='0']")) {
      focused = zoomed;
      graph.querySelector(`[data-frame='${zoomed}']`).tabIndex = 0;
    }
    if (takeFocus) graph.querySelector("[tabindex='0']").focus();
    back.hidden = zoomed === all;
    report();
  }

  // A stack that several matching frames stand in counts once.
  function report() {
    let frames = 0, sum = 0;
    const inMatch = [];
    names.forEach((_, frame) => {
      const match = matches(frame), above = parents[frame] >= 0 && inMatch[parents[frame]];
      inMatch[frame] = match || above;
      if (match && drops[frame] > 0) frames++;
      if (match && !above) sum += drops[frame];
    });
    status.textContent = found === "" ? "" : `${countText(frames)} ${frames === 1 ? "frame" : "frames"}, ${subjectText(sum)}, ${percentText(total === 0 ? 0 : sum / total)}`;
  }

  function zoom(frame) {
    zoomed = focused = frame;
    render(true);
  }

  function move(frame, key) {
    const parent = frame === all ? null : parents[frame] ?? all;
    if (key === "ArrowUp") return parent;
    if (key === "ArrowDown") return childrenOf(frame)[0];
    const beside = parent === null ? [] : childrenOf(parent);
    return beside[beside.indexOf(frame) + (key === "ArrowRight" ? 1 : -1)];
  }

  graph.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button) zoom(Number(button.dataset.frame));
  });
  graph.addEventListener("keydown", event => {
    const frame = Number(event.target.dataset.frame);
    if (event.key === "Escape") zoom(all);
    else if (event.key.startsWith("Arrow")) {
      const next = graph.querySelector(`[data-frame='${move(frame, event.key)}']`);
      if (next) {
        event.target.tabIndex = -1;
        next.tabIndex = 0;
        focused = Number(next.dataset.frame);
        next.focus();
      }
    } else return;
    event.preventDefault();
  });
  back.addEventListener("click", () => zoom(all));
  search.addEventListener("input", () => {
    found = search.value.trim().toLowerCase();
    render(false);
  });
  onReset.push(() => {
    [zoomed, focused, found, search.value] = [all, all, "", ""];
  });
  onSelect.push(numbers => {
    count(numbers);
    render(false);
  });
  count(countSpan(whole));
  render(false);
  figure.querySelector("svg").classList.add("drawn");
  figure.prepend(tools, graph);
}
