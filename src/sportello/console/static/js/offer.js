/* A list that opens while a word is typed in the box: arrows walk in it, Enter or Tab takes the line,
   Escape shuts it. */

const SHOWN_MAX = 8;
const NEXT = { ArrowDown: 1, ArrowUp: -1 };

/* `name`: of the panel, whose list is `<name>-list` and whose word for none `<name>-none`.
   `sign`: finds, at the end of what stands before the cursor, a word begun by its sign: what stands
   before it, and the word. `box` gives the text box while the list has a meaning there, `load` all
   items, `fitting` those of them that a word finds, `line` what one looks like, `written` the words
   that it stands for. `taken` hears where they stand in the box. */
export function offer({ name, sign, box, load, fitting, line, written, taken }) {
  let found = [];
  let at = 0;
  const part = (end) => document.getElementById(`${name}${end}`);
  const isOpen = () => part("") && !part("").hidden;

  function wordAt(target) {
    return sign.exec(target.value.slice(0, target.selectionStart))?.[2];
  }

  async function look(target) {
    if (wordAt(target) === undefined) return hide();
    const items = await load(target);
    const word = target === box() ? wordAt(target) : undefined;
    if (word === undefined) return hide();
    return show(fitting(items, word).slice(0, SHOWN_MAX));
  }

  function show(items) {
    if (!part("")) return;
    found = items;
    at = 0;
    part("-list").replaceChildren(...found.map(option));
    part("-none").hidden = found.length > 0;
    part("").hidden = false;
    box().setAttribute("aria-controls", `${name}-list`);
    mark();
  }

  function option(one, place) {
    const item = document.createElement("li");
    item.id = `${name}-${place}`;
    item.role = "option";
    item.append(...line(one));
    return item;
  }

  function mark() {
    [...part("-list").children].forEach((item, place) => {
      item.ariaSelected = String(place === at);
    });
    if (found.length) box()?.setAttribute("aria-activedescendant", `${name}-${at}`);
    else box()?.removeAttribute("aria-activedescendant");
  }

  function hide() {
    if (!isOpen()) return;
    part("").hidden = true;
    box()?.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    const one = found[place];
    const target = box();
    if (!one || !target) return;
    const words = written(one);
    const before = target.value.slice(0, target.selectionStart).replace(sign, "$1");
    const after = target.value.slice(target.selectionStart);
    target.value = before + words + after;
    target.focus();
    target.setSelectionRange(before.length + words.length, before.length + words.length);
    taken(target, one, before.length);
    hide();
  }

  document.addEventListener("input", ({ target }) => {
    if (target === box()) look(target);
    else hide();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== box() || !isOpen() || event.isComposing) return;
      if (event.key in NEXT && found.length) {
        at = (at + NEXT[event.key] + found.length) % found.length;
        mark();
      } else if ((event.key === "Enter" || event.key === "Tab") && found.length) choose(at);
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  document.addEventListener("click", ({ target }) => {
    const item = target.closest(`#${name}-list li`);
    if (item) choose([...item.parentNode.children].indexOf(item));
    else if (!target.closest(`#${name}, #${name}-button, #text`)) hide();
  });
}
