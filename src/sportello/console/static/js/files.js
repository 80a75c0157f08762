/* A box for a file speaks the page's language, not the browser's, and names what was chosen.

   The browser's own control stays on top, unseen: it is clicked, dropped upon, focused and sent. */

const words = document.body.dataset;

function dress(box) {
  if (box.closest(".file-box")) return;
  const frame = document.createElement("span");
  const button = document.createElement("span");
  const name = document.createElement("span");
  frame.className = "file-box form-control";
  button.className = "file-choose";
  name.className = "file-name";
  button.textContent = box.multiple ? words.chooseFiles : words.chooseFile;
  for (const part of [button, name]) part.ariaHidden = "true";
  box.replaceWith(frame);
  frame.append(box, button, name);
  tell(box, name);
  box.addEventListener("change", () => tell(box, name));
}

/* Of a file that was kept before, the page speaks beside the box. */
function tell(box, name) {
  const chosen = [...box.files].map((file) => file.name).join(", ");
  const isKept = box.closest(".field")?.querySelector(".kept-file");
  name.textContent = chosen || (isKept ? "" : words.noFile);
  name.classList.toggle("is-none", !chosen);
}

function dressAll() {
  for (const box of document.querySelectorAll("input[type=file].form-control")) dress(box);
}

dressAll();
new MutationObserver(dressAll).observe(document.body, { childList: true, subtree: true });
