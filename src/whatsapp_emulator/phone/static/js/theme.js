// Light, dark, or as the machine says; the choice is remembered.
import { choices } from "./memory.js";

export const THEMES = ["auto", "light", "dark"];

export function theme() {
  const chosen = choices.get("theme");
  return THEMES.includes(chosen) ? chosen : "auto";
}

export function applyTheme(chosen = theme()) {
  choices.set("theme", chosen);
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
