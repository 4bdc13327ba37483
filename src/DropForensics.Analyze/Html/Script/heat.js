// The heat map of the selection. Its steps are those of the page as it was made.
for (const table of document.querySelectorAll("table.heat")) {
  const cells = [...table.tBodies[0].rows].map(row => [...row.cells].slice(1));
  const { rowOf, columnOf, columns, byFunction } = data.heat;
  const level = (count, largest) => count === 0 ? 0 : 5 - [2, 10, 100, 1000].filter(part => count < largest / part).length;
  onSelect.push(numbers => {
    const counts = cells.map(() => new Array(columns).fill(0));
    data.cells.forEach((cell, i) => {
      const column = cell[cellLists.indexOf(byFunction ? "sites" : "reasons")], driver = cell[cellLists.indexOf("drivers")];
      counts[driver < 0 ? cells.length - 1 : rowOf[driver]][column < 0 ? columns - 1 : columnOf[column]] += numbers.cells[i];
    });
    const largest = Math.max(...counts.flat());
    cells.forEach((row, i) => row.forEach((cell, j) => {
      cell.textContent = counts[i][j] === 0 ? "" : countText(counts[i][j]);
      cell.className = `number heat-${level(counts[i][j], largest)}`;
    }));
  });
}
