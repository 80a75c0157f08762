// Words in Italian and English, and times as people say them.
import { choices } from "./memory.js";

export const LANGUAGES = ["it", "en"];
const DAY_MS = 86400000;
const LOCALES = { it: "it-IT", en: "en-GB" };

let words = {};
let current = "it";
let zone = "Europe/Rome";
let plurals = new Intl.PluralRules("it");

/** The chosen language, else the browser's, else Italian if the browser's is neither. */
export function preferred() {
  const chosen = choices.get("language");
  if (LANGUAGES.includes(chosen)) return chosen;
  const asked = (navigator.language || "it").slice(0, 2).toLowerCase();
  return asked === "it" ? "it" : "en";
}

/** Load the words of a language; throws if they cannot be had. */
export async function speak(language) {
  const reply = await fetch(`/phone/static/locales/${language}.json`);
  if (!reply.ok) throw new Error(`no words for ${language}`);
  words = await reply.json();
  current = language;
  plurals = new Intl.PluralRules(language);
  document.documentElement.lang = language;
}

export const language = () => current;

/** The time zone in which the phone's owner lives. */
export function liveIn(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    zone = "UTC";
  }
}

/** The words under a key, with `{name}` filled in; `n` chooses between one and other. */
export function t(key, values = {}) {
  let text = words[key] ?? key;
  if (typeof text === "object") text = text[plurals.select(values.n ?? 0)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export const has = (key) => key in words;

const format = (options, at) =>
  new Intl.DateTimeFormat(LOCALES[current], { timeZone: zone, ...options }).format(at);

export const hourAndMinute = (at) => format({ hour: "2-digit", minute: "2-digit" }, at);
export const withSeconds = (at) => format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, at);
export const wholeDay = (at) =>
  format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, at);
export const exactly = (at) => format({ dateStyle: "long", timeStyle: "medium" }, at);

/** A day as a key that sorts and compares: 2026-11-22. */
export const dayKey = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at);

/** "oggi", "ieri", a weekday of this week, else the date. */
export function dayWords(at, now) {
  const days = daysBetween(at, now);
  if (days === 0) return t("day.today");
  if (days === 1) return t("day.yesterday");
  if (days > 1 && days < 7) return format({ weekday: "long" }, at);
  return format({ day: "numeric", month: "long", year: "numeric" }, at);
}

/** For a list: the hour today, else the day in short. */
export function shortWhen(at, now) {
  const days = daysBetween(at, now);
  if (days === 0) return hourAndMinute(at);
  if (days === 1) return t("day.yesterday");
  return format({ day: "2-digit", month: "2-digit", year: "2-digit" }, at);
}

/** "2 h 5 min", "3 giorni": how long something lasts. */
export function lasting(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60000));
  if (minutes < 60) return t("span.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("span.hours", { n: hours, minutes: minutes % 60 });
  return t("span.days", { n: Math.round(hours / 24) });
}

/** A telephone number with spaces. */
export function spaced(digits) {
  const only = String(digits).replace(/\D/g, "");
  const groups = only.startsWith("39")
    ? ["39", only.slice(2, 5), only.slice(5, 8), only.slice(8)]
    : [only.slice(0, 2), ...(only.slice(2).match(/.{1,3}/g) ?? [])];
  return `+${groups.filter(Boolean).join(" ")}`;
}

function daysBetween(at, now) {
  return Math.round((Date.parse(dayKey(now)) - Date.parse(dayKey(at))) / DAY_MS);
}
