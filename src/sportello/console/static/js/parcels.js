/* Files by button, drop and paste: checked against Meta's limits before they are uploaded, with
   progress and preview, and sent with the next message. */

const MB = 1024 * 1024;
const FILES_MAX = 10;
const OFFICE = "application/vnd.openxmlformats-officedocument.";
/* By the type's beginning: how much WhatsApp takes of it (reference of Meta's media types). */
const LIMITS = [
  ["image/jpeg", 5 * MB],
  ["image/png", 5 * MB],
  ["image/webp", 500 * 1024],
  ["video/mp4", 16 * MB],
  ["video/3gpp", 16 * MB],
  ["audio/aac", 16 * MB],
  ["audio/amr", 16 * MB],
  ["audio/mpeg", 16 * MB],
  ["audio/mp4", 16 * MB],
  ["audio/x-m4a", 16 * MB],
  ["audio/ogg", 16 * MB],
  ["audio/webm", 8 * MB],
  ["text/plain", 16 * MB],
  ["application/pdf", 16 * MB],
  ["application/msword", 16 * MB],
  ["application/vnd.ms-excel", 16 * MB],
  ["application/vnd.ms-powerpoint", 16 * MB],
  [OFFICE, 16 * MB],
];

// Whoever presses Enter while a file is on its way wants it gone as soon as it has arrived.
let sendsWhenReady = false;

const composer = () => document.querySelector("#composer[data-upload]");
const list = () => document.getElementById("parcels");

export function tell(words) {
  const told = document.getElementById("composer-told");
  if (told) told.textContent = words;
}

function flawOf(file, words) {
  const known = LIMITS.find(([type]) => file.type.startsWith(type));
  if (!known) return `${file.name}: ${words.wrongKind}`;
  return file.size > known[1] ? `${file.name}: ${words.tooLarge}` : "";
}

/* Takes files in, each by itself. `voice`: a recording, which goes as a voice note. */
export function take(files, { voice = false } = {}) {
  const form = composer();
  if (!form) return;
  const flaws = [];
  for (const file of files) {
    if (list().children.length >= FILES_MAX) {
      flaws.push(form.dataset.tooMany);
      break;
    }
    const flaw = flawOf(file, form.dataset);
    if (flaw) flaws.push(flaw);
    else upload(form, file, voice);
  }
  tell(flaws.join(" "));
}

/* A file that lies here already, as a ready answer brings it. */
export function add({ id, name, type, size }) {
  settle(line(name || type, size), { id, type });
}

function upload(form, file, voice) {
  const item = line(voice ? form.dataset.voiceNote : file.name, file.size);
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.ariaLabel = file.name;
  item.append(bar);
  const request = new XMLHttpRequest();
  item.addEventListener("parcel:drop", () => request.abort());
  request.open("POST", form.dataset.upload);
  request.responseType = "json";
  request.upload.onprogress = ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
  };
  const failed = (why) => {
    holdBack();
    if (!item.isConnected) return;
    drop(item);
    tell(why);
  };
  request.onload = () => {
    const { status, response } = request;
    bar.remove();
    if (status !== 200) failed(`${file.name}: ${response?.reason ?? form.dataset.failed}`);
    // Else the chat was left meanwhile: what is written in the next one is for somebody else.
    else if (item.isConnected) {
      settle(item, response, voice);
      goOn();
    }
  };
  request.onerror = () => failed(form.dataset.failed);
  request.onabort = holdBack;
  const sent = new FormData();
  sent.set("file", file, file.name);
  if (voice) sent.set("voice", "1");
  sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  request.send(sent);
}

function line(name, size) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.dir = "auto";
  words.textContent = `${name} · ${lengthOf(size)}`;
  item.dataset.name = name;
  item.dataset.size = size;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "as-link";
  button.textContent = composer().dataset.remove;
  button.addEventListener("click", () => {
    drop(item);
    document.getElementById("text")?.focus();
  });
  item.append(words, button);
  list().append(item);
  list().hidden = false;
  return item;
}

/* As the page's language writes numbers. */
function lengthOf(size) {
  const [count, unit, digits] = size >= MB ? [size / MB, "MB", 1] : [Math.ceil(size / 1024), "kB", 0];
  const how = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${count.toLocaleString(document.documentElement.lang, how)} ${unit}`;
}

/* From here on it lies at the server, which shows it. */
function settle(item, { id, type }, voice = false) {
  if (type.startsWith("image/")) {
    const picture = document.createElement("img");
    picture.src = composer().dataset.file.replace("/0", `/${id}`);
    picture.alt = "";
    item.prepend(picture);
  }
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "file";
  field.value = id;
  item.append(field);
  if (voice) document.getElementById("voice-flag").value = "1";
  item.dataset.lies = JSON.stringify({ id, type, voice });
  keep();
  item.dispatchEvent(new CustomEvent("parcel:ready", { bubbles: true, detail: { voice } }));
}

function drop(item) {
  item.dispatchEvent(new CustomEvent("parcel:drop"));
  item.remove();
  keep();
  const left = list();
  if (left && !left.children.length) {
    left.hidden = true;
    document.getElementById("voice-flag").value = "";
  }
}

/* What lies at the server and waits in this chat is there again when one comes back to it. */
const keyOf = (draft) => `parcels-${draft}`;

function keep() {
  const form = composer();
  if (!form) return;
  const lying = [...list().querySelectorAll("[data-lies]")].map(({ dataset }) => ({
    ...JSON.parse(dataset.lies),
    name: dataset.name,
    size: Number(dataset.size),
  }));
  if (lying.length) sessionStorage.setItem(keyOf(form.dataset.draft), JSON.stringify(lying));
  else sessionStorage.removeItem(keyOf(form.dataset.draft));
}

function bringBack() {
  const form = composer();
  if (!form || list().children.length) return;
  const kept = JSON.parse(sessionStorage.getItem(keyOf(form.dataset.draft)) ?? "[]");
  for (const one of kept) settle(line(one.name, one.size), one, one.voice);
}

document.addEventListener("sportello:gone", ({ detail }) => {
  sessionStorage.removeItem(keyOf(detail.draft));
});
document.addEventListener("sportello:placed", bringBack);
bringBack();

document.addEventListener("click", ({ target }) => {
  if (target.closest("#attach-button")) document.getElementById("attach").click();
});
document.addEventListener("change", ({ target }) => {
  if (target.id !== "attach") return;
  take([...target.files]);
  target.value = "";
});
document.addEventListener("paste", (event) => {
  if (event.target.id !== "text" || !composer() || !event.clipboardData.files.length) return;
  event.preventDefault();
  take([...event.clipboardData.files]);
});

/* Anywhere on the chat. Elsewhere a file is not taken: the browser would open it in place of the
   page. */
document.addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  if (event.target.closest?.("input[type=file]")) return;
  event.preventDefault();
  const isWelcome = composer() && event.target.closest?.("#chat");
  event.dataTransfer.dropEffect = isWelcome ? "copy" : "none";
  if (isWelcome) document.getElementById("chat").classList.add("is-over");
});
document.addEventListener("dragleave", ({ target, relatedTarget }) => {
  if (!relatedTarget?.closest?.("#chat")) target.closest?.("#chat")?.classList.remove("is-over");
});
document.addEventListener("drop", (event) => {
  const chat = event.target.closest?.("#chat");
  if (!composer() || !chat || !event.dataTransfer.files.length) return;
  event.preventDefault();
  chat.classList.remove("is-over");
  take([...event.dataTransfer.files]);
  document.getElementById("text")?.focus();
});

/* Nothing leaves while a file is still on its way: it goes along as soon as it has arrived, unless
   something more is written or it does not arrive. */
document.addEventListener(
  "htmx:confirm",
  (event) => {
    if (event.target.id !== "composer" || !isUnderWay()) return;
    event.preventDefault();
    sendsWhenReady = true;
    tell(composer().dataset.underWay);
  },
  true,
);

const isUnderWay = () => document.querySelector("#parcels progress") !== null;

function goOn() {
  if (!sendsWhenReady || isUnderWay()) return;
  holdBack();
  composer()?.requestSubmit();
}

function holdBack() {
  if (!sendsWhenReady) return;
  sendsWhenReady = false;
  tell("");
}

document.addEventListener("input", ({ target }) => {
  if (target.id === "text") holdBack();
});
document.addEventListener("sportello:placed", ({ detail }) => {
  if (detail.moved) sendsWhenReady = false;
});
document.addEventListener("sportello:sent", () => {
  const left = list();
  if (!left) return;
  left.replaceChildren();
  left.hidden = true;
  keep();
  document.getElementById("voice-flag").value = "";
  tell("");
});
