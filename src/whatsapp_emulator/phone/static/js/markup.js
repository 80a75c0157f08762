// WhatsApp's marks in a text (*bold*, _italic_, ~strike~, ```mono```, `code`, > quote), and links,
// as elements: what somebody wrote is only ever inserted as text.
import { h } from "./dom.js";

const FENCE = /```([\s\S]+?)```/;
const MARKS = { "*": "strong", _: "em", "~": "s" };
const INLINE = /`([^`\n]+)`|([*_~])(?=\S)((?:(?!\2)[^\n])*?\S)\2|(https?:\/\/[^\s<>"]+)/g;
const DEPTH_MAX = 4;
const LENGTH_MAX = 8000;

/** Nodes for a message's text, line by line. */
export function marked(text) {
  const whole = String(text).slice(0, LENGTH_MAX);
  const nodes = [];
  let rest = whole;
  for (let found = FENCE.exec(rest); found; found = FENCE.exec(rest)) {
    nodes.push(...lines(rest.slice(0, found.index)), h("code", { class: "mono" }, found[1]));
    rest = rest.slice(found.index + found[0].length);
  }
  nodes.push(...lines(rest));
  return nodes;
}

/** The same text without its marks, for a preview in one line. */
export function plain(text) {
  return String(text)
    .slice(0, 300)
    .replace(/```([\s\S]+?)```/g, "$1")
    .replace(/([*_~])(?=\S)([^\n]*?\S)\1/g, "$2")
    .replace(/\s+/g, " ");
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => {
    const before = index === 0 ? [] : ["\n"];
    const quoted = /^>\s(.*)$/.exec(line);
    return quoted
      ? [...before, h("q", { class: "quoted-line" }, ...inline(quoted[1], 0))]
      : [...before, ...inline(line, 0)];
  });
}

function inline(text, depth) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    if (!standsAlone(text, found)) continue;
    if (found.index < from) continue;
    nodes.push(text.slice(from, found.index), element(found, depth));
    from = found.index + found[0].length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

/** A mark counts only at the edge of a word: 2*3*4 and snake_case_name stay as they are. */
function standsAlone(text, found) {
  if (!found[2]) return true;
  const before = text[found.index - 1] ?? " ";
  const after = text[found.index + found[0].length] ?? " ";
  return !/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after);
}

function element(found, depth) {
  const [whole, code, mark, inner, url] = found;
  if (code) return h("code", { class: "mono" }, code);
  if (mark) return h(MARKS[mark], {}, ...(depth < DEPTH_MAX ? inline(inner, depth + 1) : [inner]));
  return link(url ?? whole);
}

function link(found) {
  const url = found.replace(/[.,;:!?)\]]+$/, "");
  const anchor = h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url);
  return found === url ? anchor : h("span", {}, anchor, found.slice(url.length));
}
