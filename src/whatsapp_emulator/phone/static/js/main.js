// The beginning: words, the page, what the address asks for, and the stream of news.
import { api } from "./api.js";
import { h } from "./dom.js";
import { preferred, speak, t } from "./i18n.js";
import { listen } from "./live.js";
import { Page } from "./page.js";
import { known, numbers, on, personOf, refreshPeople, refreshState, watch } from "./store.js";
import { applyTheme } from "./theme.js";

const TICK_MS = 1000;
const AGAIN_MS = 3000;

let page = null;

async function start() {
  applyTheme();
  try {
    await speak(preferred());
    await Promise.all([refreshState(), refreshPeople()]);
    const wish = await wished();
    build(wish);
  } catch (trouble) {
    document.getElementById("app").replaceChildren(notThere(trouble));
    setTimeout(start, AGAIN_MS);
    return;
  }
  on("people", () => page.refreshPeople());
  on("state", () => page.refreshState());
  on("person", (waId) => page.reload(waId));
  on("everyone", () => page.reload(null));
  on("link", () => page.showLink());
  setInterval(() => page.tick(), TICK_MS);
  listen();
}

/** Put the page there, in the language that is spoken now. */
function build(wish) {
  page = new Page(async (language) => {
    const shown = page.shown();
    await speak(language);
    build({ shown, focus: ".languages [aria-pressed=true]" });
  });
  document.getElementById("app").replaceChildren(page.element);
  page.open(wish.shown);
  if (wish.focus) page.element.querySelector(wish.focus)?.focus();
}

/** `/phone?person=39333…&to=<phone_number_id>` opens that chat; `with` opens a second phone. */
async function wished() {
  const query = new URLSearchParams(location.search);
  const to = query.get("to") ?? numbers()[0]?.id ?? null;
  const shown = [];
  for (const name of ["person", "with"]) {
    const waId = (query.get(name) ?? "").replace(/\D/g, "");
    if (!waId) continue;
    watch([...shown.map((one) => one.waId), waId]);
    if (!personOf(waId)) await refreshPeople();
    // A number that nobody has yet becomes a person: who follows a link wants to write.
    if (!personOf(waId))
      await api
        .create(waId)
        .then(refreshPeople)
        .catch(() => null);
    if (personOf(waId)) shown.push({ waId, numberId: numbers().some((one) => one.id === to) ? to : null });
  }
  return { shown };
}

function notThere(trouble) {
  const words =
    known.state === null && trouble.detail !== undefined ? trouble.message : String(trouble.message);
  return h(
    "main",
    { class: "not-there" },
    h("h1", {}, t("app.name")),
    h("p", { role: "alert" }, words),
    h("p", { class: "hint" }, t("app.again")),
  );
}

start();
