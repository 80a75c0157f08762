// Building the page: elements by hand, so that no text is ever read as markup.
const SVG = "http://www.w3.org/2000/svg";
const ICONS = "/phone/static/vendor/icons.svg";
const SAY_AFTER_MS = 60;

/** An element. `on…` are listeners, `class`, `data-…`, `aria-…` attributes; true is a bare one. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) put(element, name, value);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function put(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** An icon of the set; with a label it speaks, without it is decoration. */
export function icon(name, label = null, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  if (label === null) {
    svg.setAttribute("aria-hidden", "true");
  } else {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

/** A round button that shows an icon alone and has a name. */
export function iconButton(name, label, onclick, props = {}) {
  const more = props.class ? ` ${props.class}` : "";
  return h(
    "button",
    { type: "button", title: label, ...props, "aria-label": label, class: `round${more}`, onclick },
    icon(name),
  );
}

/** A button with words, and an icon before them if named. */
export function textButton(words, onclick, { icon: name = null, ...props } = {}) {
  const more = props.class ? ` ${props.class}` : "";
  return h(
    "button",
    { type: "button", ...props, class: `button${more}`, onclick },
    name ? icon(name) : null,
    h("span", {}, words),
  );
}

/** A switch with its words; `change(on)` is told the new state. */
export function toggle(words, hint, on, change) {
  const control = h("button", {
    type: "button",
    role: "switch",
    class: "switch",
    "aria-checked": String(on),
    "aria-label": words,
    onclick: () => change(!on),
  });
  return h(
    "div",
    { class: "toggle" },
    h("div", {}, h("span", { class: "toggle-words" }, words), h("span", { class: "hint" }, hint)),
    control,
  );
}

/** Bring the children of `parent` to `wanted`, moving as few as possible: what plays, plays on. */
export function arrange(parent, wanted) {
  const staying = new Set(wanted);
  for (const child of [...parent.children]) if (!staying.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const child of wanted) {
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
}

/** Tell a screen reader, without moving the focus. */
export function say(words) {
  const live = document.getElementById("live");
  live.textContent = "";
  setTimeout(() => {
    live.textContent = words;
  }, SAY_AFTER_MS);
}

/** The letters on a person's disc. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((w) => [...w][0] ?? "");
  return letters.join("").toUpperCase() || "?";
}

/** A coloured disc with initials; the colour stays with the name. */
export function disc(name, key, extra = "") {
  const hue = [...key].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 7) % 6;
  return h("span", { class: `disc hue${hue} ${extra}`.trim(), "aria-hidden": "true" }, initials(name));
}
