/* The board of contacts: a card is dragged into another column. By keyboard its own form does it;
   what has changed comes back by the live stream. */

const desk = document.getElementById("desk");
let dragged = null;

function columnOf(target) {
  return target.closest?.(".board-column[data-drop]");
}

desk.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".board-card") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
  dragged.classList.add("is-dragged");
});

desk.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  for (const one of desk.querySelectorAll(".is-over")) one.classList.remove("is-over");
  dragged = null;
});

desk.addEventListener("dragover", (event) => {
  const column = columnOf(event.target);
  if (!dragged || !column) return;
  event.preventDefault();
  for (const one of desk.querySelectorAll(".is-over")) {
    if (one !== column) one.classList.remove("is-over");
  }
  column.classList.add("is-over");
});

desk.addEventListener("drop", (event) => {
  const column = columnOf(event.target);
  if (!dragged || !column) return;
  event.preventDefault();
  if (dragged.closest(".board-column") === column) return;
  const card = dragged;
  const from = card.parentElement;
  // Neither is any more what its key says: the next answer draws both anew.
  for (const changed of [column, from.closest(".board-column")]) delete changed.dataset.key;
  column.querySelector("ul").prepend(card);
  move(card, column.dataset.drop).catch(() => {
    from.prepend(card);
    failed();
  });
});

async function move(card, value) {
  const body = new URLSearchParams({
    property: document.getElementById("board").dataset.property,
    value,
  });
  const answer = await fetch(card.dataset.place, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("#csrf input").value },
    body,
  });
  if (!answer.ok) throw new Error(String(answer.status));
  document.dispatchEvent(new Event("sportello:shut"));
}

function failed() {
  const line = document.createElement("div");
  line.textContent = desk.dataset.failed;
  document.getElementById("told").append(line);
}
