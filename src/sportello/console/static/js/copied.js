/* Buttons that put a text of the page onto the clipboard, where the browser has one. */

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    await navigator.clipboard.writeText(text);
    button.querySelector("span").textContent = button.dataset.said;
  });
}
