/* Colleagues in a note: `@` opens the list of their names, keys choose. Who is named is told when
   the note is saved. */

import { typed } from "./composer.js";
import { offer } from "./offer.js";
import { plain } from "./palette.js";

let known = null;

/* The note's box alone: what goes to the customer names nobody. */
function box() {
  const text = document.querySelector("#composer[data-names] #text");
  const isNote =
    text?.closest(".is-note") || document.getElementById("kind-note")?.checked;
  return isNote ? text : null;
}

async function load({ form }) {
  if (known) return known;
  const answer = await fetch(form.dataset.names, { headers: { Accept: "application/json" } });
  // What failed is asked again at the next key.
  if (answer.ok) known = (await answer.json()).items;
  return known ?? [];
}

/* Those of whom any word begins so; the first name first. */
function fitting(items, word) {
  const sought = plain(word);
  const begins = items.filter(({ name }) => plain(name).startsWith(sought));
  const within = items.filter(
    (one) => !begins.includes(one) && plain(`${one.name} ${one.role}`).includes(` ${sought}`),
  );
  return [...begins, ...within];
}

function line({ name, role }) {
  const who = document.createElement("strong");
  who.dir = "auto";
  who.textContent = name;
  const what = document.createElement("span");
  what.textContent = role;
  return [who, what];
}

offer({
  name: "names",
  sign: /(^|[\s(])@([^\s@]*)$/,
  box,
  load,
  fitting,
  line,
  written: ({ name }) => `@${name} `,
  taken: typed,
});
