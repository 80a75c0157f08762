// The calls to the emulator, each by name; what goes wrong comes back in words.
import { has, t } from "./i18n.js";

const USUAL_MS = 20000;
const LONG_MS = 180000;

/** What went wrong, in words (`message`), with the emulator's own line (`detail`) if it gave one. */
export class Trouble extends Error {
  constructor(words, detail = "", status = 0) {
    super(words);
    this.detail = detail;
    this.status = status;
  }
}

const person = (waId) => `/sim/people/${encodeURIComponent(waId)}`;

export const api = {
  state: () => call("GET", "/sim/state"),
  facts: () => call("GET", "/phone/facts"),
  people: () => call("GET", "/sim/people?limit=200"),
  search: (words) => call("GET", `/sim/people?limit=200&q=${encodeURIComponent(words)}`),
  person: (waId) => call("GET", person(waId)),
  chat: (waId) => call("GET", `${person(waId)}/chat`),
  create: (waId, name) => call("POST", "/sim/people", { wa_id: waId, ...(name ? { name } : {}) }),
  habits: (waId, change) => call("PATCH", person(waId), change),
  write: (waId, said) => call("POST", `${person(waId)}/messages`, said, LONG_MS),
  read: (waId, to) => call("POST", `${person(waId)}/read`, { to }),
  tap: (waId, messageId, button) =>
    call("POST", `${person(waId)}/tap`, { message_id: messageId, button }),
  block: (waId, to) => call("POST", `${person(waId)}/block`, { to }),
  unblock: (waId, to) => call("POST", `${person(waId)}/unblock`, { to }),
  report: (waId, to) => call("POST", `${person(waId)}/report`, { to }),
  stopMarketing: (waId, to) => call("POST", `${person(waId)}/stop_marketing`, { to }),
  resumeMarketing: (waId, to) => call("POST", `${person(waId)}/resume_marketing`, { to }),
  advance: (seconds) => call("POST", "/sim/clock/advance", { seconds }, LONG_MS),
  speed: (speed) => call("POST", "/sim/clock", { speed }),
  number: (id, change) => call("PATCH", `/sim/numbers/${encodeURIComponent(id)}`, change),
  account: (id, change) => call("PATCH", `/sim/wabas/${encodeURIComponent(id)}`, change),
  app: (id, change) => call("PATCH", `/sim/apps/${encodeURIComponent(id)}`, change),
  review: (id, decision) => call("POST", `/sim/templates/${encodeURIComponent(id)}/review`, decision),
  orderFault: (fault) => call("POST", "/sim/faults", fault),
  withdrawFault: (id) => call("DELETE", `/sim/faults/${encodeURIComponent(id)}`),
};

async function call(method, path, body = undefined, patience = USUAL_MS) {
  const options = { method, signal: AbortSignal.timeout(patience), headers: {} };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let reply;
  try {
    reply = await fetch(path, options);
  } catch (error) {
    throw new Trouble(t(error.name === "TimeoutError" ? "trouble.slow" : "trouble.unreachable"));
  }
  const answer = await reply.json().catch(() => null);
  if (reply.ok && answer !== null) return answer;
  throw new Trouble(wordsFor(reply.status), String(answer?.error ?? ""), reply.status);
}

function wordsFor(status) {
  const known = `trouble.${status}`;
  if (has(known)) return t(known);
  return status >= 500 ? t("trouble.inside") : t("trouble.refused");
}
