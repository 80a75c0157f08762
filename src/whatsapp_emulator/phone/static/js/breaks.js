// What can be broken, each as a row: its choices, which is in force, and how to bring it about.
import { api } from "./api.js";

/** Faults that a call to the API can be made to suffer; `seconds` for the slow ones. */
const API_FAULTS = {
  status_429: {},
  status_500: {},
  timeout_after_accept: {},
  slow: { seconds: 8 },
};
const HOOK_FAULTS = {
  duplicate: { copies: 2 },
  shuffle: { seconds: 10 },
  delay: { seconds: 30 },
  drop_then_retry: {},
};
const UNREACHABLE = "unreachable";

/** What the account is made to suffer, in the words of PATCH /sim/wabas. */
const STANDINGS = {
  restricted: { restriction: { days: 3, messages: "initiated" } },
  silenced: { restriction: { days: 7, messages: "all" } },
  locked: { restriction: "lock" },
  disabled: { ban_state: "DISABLE" },
};

/**
 * The rows for the world as /sim/state tells it, about one business number.
 * Each: { id, icon, choices, now, set(choice) }; the first choice is the healthy one.
 */
export function rowsFor(state, numberId) {
  const number = state.numbers.find((one) => one.id === numberId) ?? state.numbers[0];
  const waba = number && state.wabas.find((one) => one.id === number.waba);
  if (!waba) return [];
  const app = state.apps.find((one) => waba.subscribed_apps.includes(one.id)) ?? state.apps[0];
  return [...accountRows(number, waba), ...(app ? appRows(state, app, waba) : []), apiRow(state)];
}

function accountRows(number, waba) {
  return [
    {
      id: "card",
      icon: "credit-card",
      choices: ["ok", "missing", "not_default", "unpaid"],
      now: waba.payment,
      set: (choice) => api.account(waba.id, { payment: choice }),
    },
    {
      id: "quality",
      icon: "gauge",
      choices: [number.quality === "UNKNOWN" ? "unknown" : "green", "yellow", "red"],
      now: number.quality.toLowerCase(),
      set: (choice) => rate(number.id, choice),
    },
    {
      id: "number",
      icon: "phone",
      choices: ["registered", "not_registered"],
      now: number.registered ? "registered" : "not_registered",
      set: (choice) => api.number(number.id, { registered: choice === "registered" }),
    },
    {
      id: "account",
      icon: "shield",
      choices: ["ok", ...Object.keys(STANDINGS)],
      now: standingNow(waba),
      set: (choice) => setStanding(waba.id, choice),
    },
  ];
}

/** A healthy number is rated by what people do again; if that is bad, it is made green. */
async function rate(id, choice) {
  if (choice === "green" || choice === "unknown") {
    const judged = await api.number(id, { quality: "auto" });
    if (!["YELLOW", "RED"].includes(judged.quality)) return;
  }
  await api.number(id, { quality: choice.toUpperCase() });
}

function standingNow(waba) {
  if (waba.ban_state === "DISABLE") return "disabled";
  if (waba.locked || waba.ban_state) return "locked";
  if (waba.restrictions.length === 0) return "ok";
  const all = waba.restrictions.some(
    (one) => one.restriction_type === "RESTRICTED_CUSTOMER_INITIATED_MESSAGING",
  );
  return all ? "silenced" : "restricted";
}

/** One at a time: what was in force is lifted first. */
async function setStanding(id, choice) {
  await api.account(id, { restriction: null });
  if (choice !== "ok") await api.account(id, STANDINGS[choice]);
}

function appRows(state, app, waba) {
  return [
    {
      id: "token",
      icon: "key",
      choices: ["ok", "expired", "revoked"],
      now: app.token,
      set: (choice) => api.app(app.id, { token: choice }),
    },
    {
      id: "webhook",
      icon: "webhook",
      choices: ["ok", "lost", "unsubscribed", "disabled"],
      now: webhookNow(state, app, waba),
      set: (choice) => setWebhook(state, app, choice),
    },
    {
      id: "delivery",
      icon: "affiliate",
      choices: ["ok", ...Object.keys(HOOK_FAULTS)],
      now: faultNow(hookFaults(state).filter((one) => one.kind in HOOK_FAULTS)),
      set: (choice) =>
        replaceFault(
          hookFaults(state).filter((one) => one.kind !== UNREACHABLE),
          "webhooks",
          choice,
          HOOK_FAULTS,
        ),
    },
  ];
}

function apiRow(state) {
  const inForce = state.faults.filter((one) => one.where !== "webhooks" && !isSpent(state, one));
  return {
    id: "api",
    icon: "code",
    choices: ["ok", ...Object.keys(API_FAULTS)],
    now: faultNow(inForce),
    set: (choice) => replaceFault(inForce, "messages", choice, API_FAULTS),
  };
}

function webhookNow(state, app, waba) {
  if (!waba.subscribed_apps.includes(app.id)) return "unsubscribed";
  if (app.webhook?.disabled) return "disabled";
  return hookFaults(state).some((one) => one.kind === UNREACHABLE) ? "lost" : "ok";
}

async function setWebhook(state, app, choice) {
  for (const fault of hookFaults(state).filter((one) => one.kind === UNREACHABLE))
    await api.withdrawFault(fault.id);
  await api.app(app.id, { subscribed: choice !== "unsubscribed", webhook_enabled: choice !== "disabled" });
  if (choice === "lost") await api.orderFault({ where: "webhooks", kind: UNREACHABLE });
}

async function replaceFault(old, where, choice, kinds) {
  for (const fault of old) await api.withdrawFault(fault.id);
  if (choice !== "ok") await api.orderFault({ where, kind: choice, ...kinds[choice] });
}

const hookFaults = (state) => state.faults.filter((one) => one.where === "webhooks" && !isSpent(state, one));

/** The kind in force; one that this panel cannot order is named all the same. */
const faultNow = (faults) => faults.at(-1)?.kind ?? "ok";

function isSpent(state, fault) {
  return (
    (fault.times !== null && fault.hits >= fault.times) ||
    (fault.until !== null && state.clock.timestamp >= fault.until)
  );
}
