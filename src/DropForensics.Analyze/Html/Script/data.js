// The page is whole without script. This reads the numbers it was made from, by row and bin, and says what a selection of bins comes to.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

// Running sums: those of a span are then one subtraction. How a series is written says PageData.
const digits = new Uint8Array(128);
[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].forEach((digit, value) => { digits[digit.charCodeAt(0)] = value; });

const leftOut = -2;

function numberAt(text, from) {
  let value = 0, at = from, digit, weight = 1;
  do {
    digit = digits[text.charCodeAt(at++)];
    value += (digit & 31) * weight;
    weight *= 32;
  } while (digit > 31);
  return [value, at];
}

function unpack(series) {
  if (series === null) return null;
  const sums = new Uint32Array(data.bins + 1);
  let bin = 0, at = 0, number;
  while (at < series.length) {
    const isNothing = series[at] === ".";
    [number, at] = numberAt(series, isNothing ? at + 1 : at);
    if (isNothing) {
      sums.fill(sums[bin], bin, bin + number + 1);
      bin += number;
    } else {
      sums[bin + 1] = sums[bin] + number;
      bin++;
    }
  }
  return sums.fill(sums[bin], bin);
}

function unpackRows(text) {
  const rows = [];
  for (let at = 0, number; at < text.length;) {
    [number, at] = numberAt(text, at);
    rows.push(number + leftOut);
  }
  return rows;
}

const whole = { from: 0, to: data.bins };
const within = (sums, span) => sums === null ? null : sums[span.to] - sums[span.from];
const cellLists = data.cellLists;
const leafOfCell = cellLists.length;
data.places = data.places.map(unpackRows);
data.cells = data.cells.map(unpackRows).map(([place, ...rows]) => [...rows, ...data.places[place]]);
const cellDrops = data.drops.map(unpack);

// Lists whose rows do not follow from a place: their rows of cells can be selected, the others have drops over time alone.
const listDrops = Object.fromEntries(Object.entries(data.lists).map(([name, rows]) => [name, rows.map(unpack)]));
const ofCells = Object.fromEntries(Object.entries(listDrops).map(([name, rows]) => {
  const column = cellLists.indexOf(name), found = new Set();
  data.cells.forEach((cell, i) => {
    const row = cell[column];
    if (row < 0) return;
    found.add(row);
    cellDrops[i].forEach((sum, bin) => { rows[row][bin] += sum; });
  });
  return [name, found];
}));
const canSelect = (name, row) => ofCells[name]?.has(row) ?? true;

// The drops of a span { from, to } of bins: of all, of each cell, and by list and row; of some cells alone, those that a function of their rows wants.
// A row is null where the page does not have that: its times were not kept, or it is not of cells.
function countSpan(span, wants) {
  const cells = cellDrops.map((sums, cell) => wants && !wants(data.cells[cell]) ? 0 : within(sums, span));
  const lists = wants ? {} : Object.fromEntries(Object.entries(listDrops).map(([name, rows]) => [name, rows.map(sums => within(sums, span))]));
  cellLists.forEach((name, column) => {
    if (lists[name]) return;
    const rows = lists[name] = (listDrops[name] ?? []).map((sums, row) => canSelect(name, row) || within(sums, whole) === 0 ? 0 : null);
    cells.forEach((drops, cell) => {
      const row = data.cells[cell][column];
      if (row >= 0) rows[row] = (rows[row] ?? 0) + drops;
    });
  });
  // The rarest kinds are told without their stack, or without more: every drop has its way in, so that one without was left out.
  const sum = isWanted => cells.reduce((drops, number, cell) => isWanted(data.cells[cell]) ? drops + number : drops, 0);
  const withoutStack = sum(place => place[cellLists.indexOf("stacks")] === leftOut), rarest = sum(place => place[cellLists.indexOf("entries")] < 0);
  return { all: sum(() => true), withoutStack, rarest, cells, lists };
}

const countText = count => count.toLocaleString("en-US");
const percentText = share => share === 0 ? "0 %" : share >= 1 ? "100 %" : share < 0.001 ? "<0.1 %" : share > 0.999 ? ">99.9 %" : (Math.round(share * 1000) / 10).toFixed(1) + " %";
const subjectText = count => `${countText(count)} ${count === 1 ? data.one : data.many}`;

// What is to be told of a new selection: functions that take its numbers, the span, null for all, and the selection as a condition in SQL.
const onSelect = [];
