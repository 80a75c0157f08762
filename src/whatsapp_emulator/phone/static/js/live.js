// The stream of changes: which chat, or the world; it comes back by itself when it breaks.
import { setClock } from "./clock.js";
import { emit, known, refreshPeople, refreshState } from "./store.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;

let pause = FIRST_PAUSE_MS;
let missed = false;

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !missed) return;
  missed = false;
  catchUp();
});

export function listen() {
  const stream = new EventSource("/sim/events");
  stream.onopen = () => {
    pause = FIRST_PAUSE_MS;
    link(true);
    catchUp();
  };
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.onerror = () => {
    link(false);
    // Closed by us each time: the browser's own retries do not outlive an answer that is no stream.
    stream.close();
    setTimeout(listen, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
  // A page that is left must not hold one of the few places of the stream.
  window.addEventListener("pagehide", () => stream.close(), { once: true });
}

function take(news) {
  if (news.clock) setClock(news.clock);
  // A page that nobody sees asks nothing, and catches up when it is looked at again.
  if (document.hidden) {
    missed = true;
    return;
  }
  if (news.person) {
    emit("person", news.person);
    quietly(refreshPeople());
  }
  if (news.world) catchUp();
}

/** Everything may have changed: after a break, a journey in time, a fresh world. */
function catchUp() {
  quietly(refreshState());
  quietly(refreshPeople());
  emit("everyone");
}

function link(up) {
  if (known.connected === up) return;
  known.connected = up;
  emit("link", up);
}

/** The stream itself tells of an emulator that is gone; one such sign is enough. */
function quietly(promise) {
  promise.catch(() => null);
}
