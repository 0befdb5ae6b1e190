// One cell of the lanes is marked; ← → ↑ ↓ Home End move the mark, and the video follows it.
// Stands on: element (what the lanes are in), props.value (duration_s, thumbnails), watch, seek.js.
let marked = "0,0", waiting;
const lanes = () => [...element.querySelectorAll(".lane[role=group]")];
const cells = (root = element) => [...root.querySelectorAll(".cell")];
const key = cell => lanes().indexOf(cell.closest(".lane")) + "," + cells(cell.parentElement).indexOf(cell);
function current() {
  const [lane, number] = marked.split(",");
  return cells(lanes()[lane] || element)[number] || cells()[0];
}
function readOut(cell) {
  const readout = element.querySelector(".readout");
  if (!cell) return;
  readout.innerHTML = `<img alt="" hidden><span><b></b> <span class="span"></span><br><span></span></span>`;
  const picture = props.value.thumbnails[cell.dataset.clip];
  if (picture && cell.dataset.clip) { readout.firstChild.src = picture; readout.firstChild.hidden = false; }
  readout.querySelector("b").textContent = cell.dataset.title;
  readout.querySelector(".span").textContent = cell.dataset.span;
  readout.querySelector("span > span:last-child").textContent = cell.dataset.detail;
}
function mark() {
  const now = current();
  for (const cell of cells()) {
    cell.tabIndex = cell === now ? 0 : -1;
    if (cell === now) cell.setAttribute("aria-current", "true"); else cell.removeAttribute("aria-current");
  }
  readOut(now);
}
function select(cell) {
  marked = key(cell);
  mark();
  cell.focus();
  clearTimeout(waiting);  // an arrow key kept down moves the video once, at its end
  waiting = setTimeout(() => seek(Number(cell.dataset.at)), 60);
}
function neighbour(cell, name) {
  const row = cells(cell.parentElement), at = row.indexOf(cell), x = parseFloat(cell.style.left) + 0.01;
  const beside = cells().filter(c => parseFloat(c.style.left) <= x
    && parseFloat(c.style.left) + parseFloat(c.style.width) > x);
  const level = beside.indexOf(cell);
  return {ArrowLeft: row[at - 1], ArrowRight: row[at + 1], Home: row[0], End: row.at(-1),
    ArrowUp: beside[level - 1], ArrowDown: beside[level + 1]}[name];
}
const over = (kind, act) => element.addEventListener(kind, event => {
  const cell = event.target.closest?.(".cell");
  if (cell) act(cell, event);
});
over("click", select);
over("mouseover", readOut);
over("keydown", (cell, event) => {
  const next = neighbour(cell, event.key);
  if (next) { event.preventDefault(); select(next); }
});
element.addEventListener("mouseleave", () => readOut(current()));
watch("value", mark);
mark();
document.addEventListener("timeupdate", event => {
  if (tab(event.target) === tab(element))
    element.style.setProperty("--now", event.target.currentTime / props.value.duration_s);
}, true);
