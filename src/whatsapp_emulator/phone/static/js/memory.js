// What the page remembers: choices for good (localStorage), drafts for the session.
const PREFIX = "telefono.";

export const choices = store(() => localStorage);
export const session = store(() => sessionStorage);

/** A JSON store that never throws: storage may be full, or forbidden by the browser. */
function store(area) {
  return {
    get(key, otherwise = null) {
      try {
        const kept = area().getItem(PREFIX + key);
        return kept === null ? otherwise : JSON.parse(kept);
      } catch {
        return otherwise;
      }
    },
    /** False if it could not be kept. */
    set(key, value) {
      try {
        area().setItem(PREFIX + key, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
    drop(key) {
      try {
        area().removeItem(PREFIX + key);
      } catch {
        // Nothing was kept, so nothing is left.
      }
    },
  };
}
