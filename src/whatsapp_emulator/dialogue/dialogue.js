"use strict";
// The dialogue that an embedded signup opens: the person chooses, the opener is told, it closes.

const WORDS = {
  en: {
    note: "This page is the emulator's: it stands for Meta's dialogue.",
    title: "Connect an account to WhatsApp",
    which: "Which WhatsApp Business account?",
    fresh: "A new one",
    business: "Name of the business",
    country: "Country code",
    phone: "Phone number",
    finish: "Continue",
    cancel: "Cancel",
    error: "Fail on purpose",
    nobody: "Nobody waits for the outcome: open this page from a site, or give redirect_uri.",
  },
  it: {
    note: "Questa pagina è dell'emulatore: sta al posto della finestra di Meta.",
    title: "Collega un account a WhatsApp",
    which: "Quale account WhatsApp Business?",
    fresh: "Uno nuovo",
    business: "Nome dell'azienda",
    country: "Prefisso internazionale",
    phone: "Numero di telefono",
    finish: "Continua",
    cancel: "Annulla",
    error: "Fallisci apposta",
    nobody: "Nessuno attende l'esito: apri questa pagina da un sito, o indica redirect_uri.",
  },
};

const asked = new URLSearchParams(location.search);
const language = (asked.get("locale") || navigator.language || "en").startsWith("it") ? "it" : "en";
const words = WORDS[language];
const form = document.querySelector("form");
const problem = document.querySelector("#problem");

document.documentElement.lang = language;
document.title = words.title;
for (const place of document.querySelectorAll("[data-word]")) {
  place.textContent = words[place.dataset.word];
}

function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return null;
  }
}

const redirect = asked.get("redirect_uri");
const target = originOf(asked.get("origin")) || originOf(document.referrer) || originOf(redirect);

function extras() {
  try {
    return JSON.parse(asked.get("extras") || "{}");
  } catch {
    return {};
  }
}

async function offer() {
  const { accounts } = await (await fetch("/sim/signup")).json();
  const place = document.querySelector("#accounts");
  accounts.forEach((account, index) => {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "account";
    radio.value = account.id;
    radio.checked = index === 0;
    const numbers = account.numbers.map((n) => n.display_phone_number).join(", ");
    label.append(radio, ` ${account.name}${numbers ? ` · ${numbers}` : ""}`);
    place.append(label);
  });
}

async function choose(choice) {
  problem.textContent = "";
  const fields = new FormData(form);
  const reply = await fetch("/sim/signup", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      choice,
      client_id: asked.get("client_id"),
      feature_type: extras().featureType,
      waba_id: fields.get("account"),
      business_name: fields.get("business_name"),
      cc: fields.get("cc"),
      phone_number: fields.get("phone_number"),
    }),
  });
  const outcome = await reply.json();
  if (!reply.ok) {
    problem.textContent = outcome.error;
    return;
  }
  tell(outcome);
}

function tell({ message, code }) {
  const opener = window.opener;
  if (opener && target) {
    opener.postMessage(JSON.stringify(message), target);
    opener.postMessage({ type: "EMULATOR_LOGIN", code: code || null }, target);
  }
  if (redirect && /^https?:/.test(redirect)) {
    const back = new URL(redirect);
    if (code) {
      back.searchParams.set("code", code);
    } else {
      back.searchParams.set("error", "access_denied");
    }
    if (asked.get("state")) {
      back.searchParams.set("state", asked.get("state"));
    }
    location.assign(back);
  } else if (opener && target) {
    window.close();
  } else {
    problem.textContent = words.nobody;
  }
}

form.addEventListener("change", () => {
  document.querySelector("#new").hidden = new FormData(form).get("account") !== "new";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  choose(new FormData(form).get("account") === "new" ? "new" : "existing");
});
document.querySelector("#cancel").addEventListener("click", () => choose("cancel"));
document.querySelector("#error").addEventListener("click", () => choose("error"));
offer();
