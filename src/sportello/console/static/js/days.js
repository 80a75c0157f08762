/* Beside a field for a day, the chosen day in the words of the page.

   The field itself is the browser's own and wears the browser's order of day and month
   (docs/decisions/0048): what it means must not be guessed. */

const FIELDS = "input[type=date], input[type=datetime-local]";
const DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
const CLOCK = { hour: "numeric", minute: "2-digit", hourCycle: "h23" };
// The pages' English says the day before the month.
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
let known = 0;
const saidOf = new WeakMap();

function tell(field) {
  if (!saidOf.get(field)?.isConnected) saidOf.set(field, dressed(field));
  const parts = field.type === "date" ? DAY : { ...DAY, ...CLOCK };
  const at = field.valueAsNumber;
  const words = Number.isNaN(at) ? "" : new Intl.DateTimeFormat(language, parts).format(at);
  if (saidOf.get(field).textContent !== words) saidOf.get(field).textContent = words;
}

/* Part of what describes the field, and never of its name, whose label may stand around it. */
function dressed(field) {
  const said = document.createElement("span");
  said.id = `day-words-${(known += 1)}`;
  said.className = "day-words";
  said.ariaHidden = "true";
  field.after(said);
  const others = (field.getAttribute("aria-describedby") ?? "").replace(/\s*\bday-words-\d+/, "");
  field.setAttribute("aria-describedby", `${others} ${said.id}`.trim());
  return said;
}

function tellAll() {
  for (const field of document.querySelectorAll(FIELDS)) tell(field);
}

tellAll();
new MutationObserver(tellAll).observe(document.body, { childList: true, subtree: true });
document.addEventListener("input", ({ target }) => target.matches?.(FIELDS) && tell(target));
document.addEventListener("reset", () => setTimeout(tellAll));
