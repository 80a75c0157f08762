/* The text box: Enter sends, Shift+Enter breaks the line; a draft is kept per conversation while
   the tab lives. */

const COARSE = window.matchMedia("(pointer: coarse)");

function keyOf(form) {
  return `draft-${form.dataset.draft}`;
}

function restore() {
  const form = document.getElementById("composer");
  if (!form) return;
  const box = form.elements.text;
  const draft = sessionStorage.getItem(keyOf(form));
  if (!box.value && draft) {
    box.value = draft;
    const toggle = form.closest("details");
    if (toggle) toggle.open = true;
  }
  grow(box);
}

/* Where the style sheet's `field-sizing` is not known yet. */
function grow(box) {
  if (CSS.supports("field-sizing", "content")) return;
  box.rows = Math.min(10, box.value.split("\n").length);
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "text") return;
  grow(target);
  if (target.value) sessionStorage.setItem(keyOf(target.form), target.value);
  else sessionStorage.removeItem(keyOf(target.form));
});

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text" || event.key !== "Enter" || event.isComposing) return;
  const sends = event.ctrlKey || event.metaKey || !(event.shiftKey || COARSE.matches);
  if (!sends) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit();
});

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target.id !== "composer") return;
  const button = document.getElementById("send-button");
  if (button) button.disabled = true;
});

/* Before the answer is put in place: what has left is a draft no more. */
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  const form = detail.requestConfig?.elt;
  if (form?.id !== "composer" || detail.xhr.status >= 400) return;
  sessionStorage.removeItem(keyOf(form));
  form.elements.text.value = "";
  const toggle = form.closest("details");
  if (toggle) toggle.open = false;
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig?.elt?.id !== "composer") return;
  const button = document.getElementById("send-button");
  if (button) button.disabled = false;
});

document.addEventListener("sportello:placed", restore);
restore();
