/* Puts an answer's regions in place of the old ones, and touches only what changed.

   An element with `data-key` stays as it is while its key does: nothing is lost that somebody is
   writing, reading, hearing or has opened. One with `data-parts` is kept and its children with an
   id are compared in turn. Where `data-of` differs it is about something else, and is replaced.
   One with `data-said` answers what somebody did: only the answer to a next deed takes it away. */

const fresh = [];
let isRefresh = false;
let pressed = null;

/* Who opens a link in a window of its own gets one. */
document.addEventListener(
  "click",
  (event) => {
    const apart = event.ctrlKey || event.metaKey || event.shiftKey;
    if (apart && event.target.closest("a[hx-get]")) event.stopPropagation();
  },
  true,
);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  pressed = detail.requestConfig.elt;
  isRefresh = pressed.id === "desk";
  stayAtHome(detail.target);
});

/* What was pressed may have been drawn anew before its answer came. htmx looks from it upwards for
   how to place the answer; out of the page it would find nothing, and put the answer in the place
   of the whole desk. */
function stayAtHome(target) {
  if (pressed.isConnected) return;
  for (const name of ["hx-ext", "hx-swap"]) {
    const home = target.closest(`[${name}]`);
    if (home && !pressed.closest(`[${name}]`)) pressed.setAttribute(name, home.getAttribute(name));
  }
}

function patch(old, next) {
  const isOther = old.dataset.of !== next.dataset.of;
  const isSame = next.dataset.key && old.dataset.key === next.dataset.key;
  const speaks = "said" in next.dataset || ("said" in old.dataset && !isRefresh);
  if (!isOther && isSame && !speaks) return;
  if (isRefresh && !isOther && (isBegun(old) || isChosen(old))) return;
  if (!isOther && "parts" in next.dataset && "parts" in old.dataset) {
    copyAttributes(old, next);
    patchParts(old, next);
    return;
  }
  for (const open of old.querySelectorAll("details[open][id]")) {
    if (!isOther) next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  if (!isOther && old.matches("details[open]")) next.setAttribute("open", "");
  if (!isOther) carryChoices(old, next);
  old.replaceWith(next);
  fresh.push(next);
}

/* Words that somebody is about to search for. */
function isBegun(form) {
  const box = form.matches("[role=search]") && form.querySelector("input[type=search]");
  return Boolean(box) && box === document.activeElement && box.value !== box.defaultValue;
}

/* A choice that somebody has made in what they opened, and not sent yet. */
function isChosen(old) {
  return choices(old).length > 0;
}

function choices(old) {
  return [...old.querySelectorAll("details[open] form select")].filter(
    ({ options, selectedIndex }) => {
      const given = [...options].findIndex((option) => option.defaultSelected);
      return selectedIndex !== Math.max(0, given);
    },
  );
}

/* They outlive the answer to another deed there: the one before, that took its time. */
function carryChoices(old, next) {
  const sent = pressed?.closest("form")?.action;
  for (const box of choices(old)) {
    const again = box.id && next.querySelector(`#${CSS.escape(box.id)}`);
    if (again && box.form.action !== sent) again.value = box.value;
  }
}

function patchParts(old, next) {
  let place = old.firstElementChild;
  for (const part of [...next.children]) {
    const known = part.id ? [...old.children].find((child) => child.id === part.id) : null;
    if (!known) {
      old.insertBefore(part, place);
      fresh.push(part);
      continue;
    }
    if (known === place) place = place.nextElementSibling;
    else old.insertBefore(known, place);
    patch(known, part);
  }
  while (place) {
    const gone = place;
    place = place.nextElementSibling;
    gone.remove();
  }
}

function copyAttributes(old, next) {
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && name !== "style") old.removeAttribute(name);
  }
}

/* All regions at once, keeping the focus where it was and the end of the chat in sight. One that the
   page does not have comes to its neighbours, and into `root` where there are none. */
function place(regions, root) {
  const focused = wayTo(document.activeElement);
  const thread = document.getElementById("thread");
  const followed = !thread || (atEnd(thread) && endsWithNewest(thread));
  const stays = anchorOf(thread);
  const before = document.getElementById("chat")?.dataset.of;
  const here = ({ id }) => id && document.getElementById(id);
  const home = here(regions.find(here) ?? {})?.parentElement ?? root;
  for (const region of regions) {
    const old = here(region);
    if (old) patch(old, region);
    else {
      home.append(region);
      fresh.push(region);
    }
  }
  const again = focused?.();
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  const moved = document.getElementById("chat")?.dataset.of !== before;
  if (moved || followed || !keepInSight(stays)) toEnd();
  document.dispatchEvent(new CustomEvent("sportello:placed", { detail: { moved } }));
}

/* Finds it again once its region was drawn anew: by its id, or by its place in what has one, if it
   still says the same there. */
function wayTo(element) {
  const home = element?.closest("[id]");
  if (!home || home === document.body) return null;
  const alike = (from) => [...(from?.querySelectorAll(element.localName) ?? [])];
  const at = alike(home).indexOf(element);
  return () => {
    const there = document.getElementById(home.id);
    if (element === home) return there;
    const again = alike(there)[at];
    return again?.textContent === element.textContent ? again : null;
  };
}

/* What somebody reads stays where it is while older messages come in above it. */
function anchorOf(thread) {
  if (!thread) return null;
  const top = thread.getBoundingClientRect().top;
  const seen = [...thread.querySelectorAll("[id^='message-']")].find(
    (bubble) => bubble.getBoundingClientRect().bottom > top,
  );
  return seen ? { id: seen.id, top: seen.getBoundingClientRect().top } : null;
}

/* Whether it is there still. */
function keepInSight(anchor) {
  const seen = anchor && document.getElementById(anchor.id);
  if (!seen) return false;
  document.getElementById("thread").scrollTop += seen.getBoundingClientRect().top - anchor.top;
  return true;
}

/* An older stretch ends before the chat does; but for what somebody has just sent from there. */
function endsWithNewest(thread) {
  return !thread.querySelector("#newest") || thread.querySelector(".is-going") !== null;
}

/* The end stays in sight when a picture arrives, the footer grows or a phone's keyboard comes up,
   unless somebody scrolled up. */
let pinned = true;
const keepEnd = ({ target }) => {
  if (pinned && (target.localName === "img" || target.id === "note-toggle")) toEnd();
};
document.addEventListener("load", keepEnd, true);
document.addEventListener("toggle", keepEnd, true);
document.addEventListener(
  "scroll",
  ({ target }) => {
    if (target.id === "thread") pinned = atEnd(target);
  },
  true,
);

window.addEventListener("resize", () => {
  if (pinned) toEnd();
});

function atEnd(thread) {
  return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
}

export function toEnd() {
  const thread = document.getElementById("thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
}

window.htmx.defineExtension("keyed", {
  isInlineSwap: () => true,
  handleSwap: (style, target, fragment) => {
    if (style !== "keyed") return false;
    fresh.length = 0;
    place([...fragment.children], target);
    return [...fresh];
  },
});

toEnd();
