// A clip worth a look moves the mark of the lanes.
document.addEventListener("click", event => {
  const at = event.target.closest(".jump")?.dataset.at;
  const cell = at && element.querySelector(`.cell[data-at="${at}"]`);
  if (cell) { select(cell); cell.scrollIntoView({block: "center", inline: "center"}); }
});
