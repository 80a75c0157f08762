/* The parts beside a chat: loaded when they are opened, and anew when what they show has changed.
   Which of them are open holds for the next chat too. */

const KEY = "sportello.parts";
const parts = () => [...document.querySelectorAll("details[data-part]")];

/* Changes with the person, the chat's messages and states, and who has it in hand. */
function stamp() {
  const sent = document.querySelectorAll("#thread [data-origin='campaign'][data-key]");
  return [
    document.getElementById("contact-card")?.dataset.key,
    document.getElementById("contact")?.dataset.stamp,
    ...[...sent].map((one) => one.dataset.key),
  ].join();
}

function load(part) {
  const now = stamp();
  if (!part.open || part.dataset.loaded === now) return;
  part.dataset.loaded = now;
  const target = part.querySelector(".part-body");
  window.htmx.ajax("GET", part.dataset.part, { source: part, target, swap: "innerHTML" });
}

/* What did not come is asked for again when it is opened again, or when something changes. */
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (target.matches?.("details[data-part]") && !detail.successful) delete target.dataset.loaded;
});

function remembered() {
  try {
    return (sessionStorage.getItem(KEY) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

function remember() {
  try {
    sessionStorage.setItem(KEY, parts().filter((one) => one.open).map((one) => one.id).join(" "));
  } catch {
    // A browser that keeps nothing starts with all of them closed.
  }
}

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches("details[data-part]")) return;
    remember();
    load(target);
  },
  true,
);

function refresh({ detail } = {}) {
  if (!detail || detail.moved) {
    for (const id of remembered()) document.getElementById(id)?.setAttribute("open", "");
  }
  parts().forEach(load);
}

document.addEventListener("sportello:placed", refresh);
refresh();
