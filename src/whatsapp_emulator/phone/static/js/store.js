// What the page knows of the world, and who wants to hear that it changed.
import { api } from "./api.js";
import { setClock } from "./clock.js";
import { liveIn } from "./i18n.js";

const PAUSE_MS = 150;
const PAUSE_MAX_MS = 5000;

export const known = { state: null, facts: null, people: [], total: 0, connected: null };

const bus = new EventTarget();

/** Hear of "people", "state", "person" (its wa_id), "everyone", "link". Answers how to stop. */
export function on(what, tell) {
  const listener = (event) => tell(event.detail);
  bus.addEventListener(what, listener);
  return () => bus.removeEventListener(what, listener);
}

export const emit = (what, detail = null) => bus.dispatchEvent(new CustomEvent(what, { detail }));

/** Whose phones are open: they stay known even if hundreds have written since. */
let watched = [];

export const refreshPeople = coalesced(async () => {
  const answer = await api.people();
  known.total = answer.total;
  known.people = answer.people;
  const others = await Promise.all(watched.filter((waId) => !personOf(waId)).map(unlisted));
  known.people = [...answer.people, ...others.filter(Boolean)];
  emit("people");
});

export const refreshState = coalesced(async () => {
  const [state, facts] = await Promise.all([api.state(), api.facts()]);
  known.state = state;
  known.facts = facts;
  setClock(state.clock);
  if (state.wabas[0]) liveIn(state.wabas[0].timezone);
  emit("state");
});

/** Keep an eye on these people, whatever the list holds. */
export function watch(waIds) {
  watched = waIds;
}

/** A person whom the list leaves out; null if there is none of that number. */
export async function unlisted(waId) {
  if (known.people.length >= known.total) return null;
  try {
    const person = await api.person(waId);
    return { ...person, last: null, unread: person.chats.reduce((sum, chat) => sum + chat.unread, 0) };
  } catch (trouble) {
    if (trouble.status === 404) return null;
    throw trouble;
  }
}

export const personOf = (waId) => known.people.find((one) => one.wa_id === waId) ?? null;

export const numbers = () => known.state?.numbers ?? [];

export const numberOf = (id) => numbers().find((one) => one.id === id) ?? null;

export const digitsOf = (number) => number.display_phone_number.replace(/\D/g, "");

/** The chat of a person with a number, as /sim shows it; an untouched one if there is none yet. */
export function chatOf(person, numberId) {
  return (
    person?.chats?.find((one) => one.phone_number_id === numberId) ?? {
      phone_number_id: numberId,
      unread: 0,
      blocked: false,
      reported: false,
      marketing_stopped: false,
      typing: false,
      last_inbound_at: null,
    }
  );
}

/**
 * At most one run at a time, with a pause after it (the longer the run, the longer); calls during
 * a run are answered by one more: a crowd of thousands must drown neither page nor emulator.
 */
export function coalesced(act) {
  let running = null;
  let next = null;
  let pause = PAUSE_MS;
  const start = () => {
    const from = performance.now();
    running = act().finally(() => {
      running = null;
      pause = Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MS, (performance.now() - from) * 4));
    });
    return running;
  };
  return () => {
    if (running === null) return start();
    next ??= running
      .catch(() => null)
      .then(() => new Promise((go) => setTimeout(go, pause)))
      .then(() => {
        next = null;
        return running ?? start();
      });
    return next;
  };
}
