/* The table of contacts: ticks for all of a page, and a bar that says whether anybody is chosen. */

const form = document.getElementById("many");
const all = document.getElementById("tick-all");
const whole = document.getElementById("tick-whole");

function ticks() {
  return [...form.querySelectorAll("input[name=who]")];
}

function show() {
  const chosen = ticks().filter((one) => one.checked).length;
  const everyone = Boolean(whole?.checked);
  all.checked = chosen > 0 && chosen === ticks().length;
  all.indeterminate = chosen > 0 && !all.checked;
  for (const button of form.querySelectorAll(".many-do button")) {
    button.disabled = chosen === 0 && !everyone;
  }
}

if (all) {
  form.addEventListener("change", ({ target }) => {
    if (target === all) for (const one of ticks()) one.checked = all.checked;
    show();
  });
  show();
}
