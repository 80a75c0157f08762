// What was sent from a phone and has not arrived yet: one queue a chat, in order, nothing lost.
import { api } from "./api.js";
import { t } from "./i18n.js";
import { session } from "./memory.js";

const WAITING_MAX = 50;

const queues = new Map();

/**
 * The queue of one chat; `changed()` is told of every change, `arrived(message)` of each success.
 * There is one queue a chat, however often the chat is left and opened: two would send twice.
 */
export function outboxOf(waId, numberId, tell) {
  const key = `outbox.${waId}.${numberId}`;
  if (!queues.has(key)) queues.set(key, new Outbox(key, waId, numberId));
  const outbox = queues.get(key);
  outbox.tell = tell;
  return outbox;
}

class Outbox {
  tell;
  #key;
  #waId;
  #numberId;
  #working = false;
  #made = 0;
  /** Until it is known that the phone is on line, nothing leaves. */
  #offline = true;

  constructor(key, waId, numberId) {
    this.#waId = waId;
    this.#numberId = numberId;
    this.#key = key;
    this.entries = session.get(this.#key, []).map(interrupted);
    this.#made = Math.max(0, ...this.entries.map((entry) => entry.seq));
  }

  /** Send what the customer says; answers false if too much is waiting already. */
  put(said, shown) {
    if (this.entries.length >= WAITING_MAX) return false;
    this.#made += 1;
    this.entries.push({ seq: this.#made, said, shown, state: "waiting", words: "", detail: "" });
    this.#changed();
    this.#work();
    return true;
  }

  retry(seq) {
    const entry = this.entries.find((one) => one.seq === seq);
    if (!entry) return;
    entry.state = "waiting";
    this.#changed();
    this.#work();
  }

  discard(seq) {
    this.entries = this.entries.filter((one) => one.seq !== seq);
    this.#changed();
  }

  /** A phone that is offline keeps what is written; back on line it lets everything go. */
  setOffline(offline) {
    if (this.#offline === offline) return;
    this.#offline = offline;
    if (!offline) this.#work();
  }

  async #work() {
    if (this.#working) return;
    this.#working = true;
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) await this.#send(entry);
    } finally {
      this.#working = false;
    }
  }

  #next() {
    return this.#offline ? null : this.entries.find((one) => one.state === "waiting");
  }

  async #send(entry) {
    entry.state = "leaving";
    this.#keep();
    try {
      const message = await api.write(this.#waId, { ...entry.said, to: this.#numberId });
      this.entries = this.entries.filter((one) => one !== entry);
      this.tell.arrived(message);
    } catch (trouble) {
      entry.state = "failed";
      entry.words = trouble.message;
      entry.detail = trouble.detail ?? "";
    }
    this.#changed();
  }

  #changed() {
    this.#keep();
    this.tell.changed();
  }

  #keep() {
    if (this.entries.length === 0) session.drop(this.#key);
    else session.set(this.#key, this.entries);
  }
}

/** The page was left while this was on its way: whether it arrived, nobody can say. */
function interrupted(entry) {
  if (entry.state !== "leaving") return entry;
  return { ...entry, state: "failed", words: t("outbox.interrupted"), detail: "" };
}
