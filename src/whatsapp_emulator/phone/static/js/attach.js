// What can be sent besides text: pictures, films, files, voice notes, places, cards, stickers.
import { h, icon } from "./dom.js";
import { spaced, t } from "./i18n.js";
import { choices, sheet, toast } from "./sheet.js";

const MB = 1024 * 1024;
/** Largest file of each kind, in bytes. Source: reference sending 3; inbound ends at 100 MB. */
const LARGEST = { image: 16 * MB, video: 16 * MB, audio: 16 * MB, document: 100 * MB, sticker: MB / 2 };
const DEFAULT_PLACE = { name: "Piazza del Duomo", address: "Milano", latitude: 45.4642, longitude: 9.19 };

export function attachSheet(desk) {
  const pick = (accept, kindOf) => () => pickFile(accept, (file) => sendFile(desk, kindOf(file), file));
  const byType = (file) => (file.type.startsWith("video/") ? "video" : "image");
  choices(desk.screen, t("attach.title"), [
    {
      picture: icon("photo"),
      words: t("attach.photo"),
      act: pick("image/png,image/jpeg,image/webp,video/mp4,video/3gpp", byType),
    },
    { picture: icon("file-text"), words: t("attach.document"), act: pick("", () => "document") },
    { picture: icon("microphone"), words: t("attach.voice"), act: pick("audio/*", () => "audio") },
    { picture: icon("sticker"), words: t("attach.sticker"), act: pick("image/webp", () => "sticker") },
    { picture: icon("map-pin"), words: t("attach.place"), act: () => placeSheet(desk, null) },
    { picture: icon("user"), words: t("attach.contact"), act: () => contactSheet(desk) },
    {
      picture: icon("rotate-clockwise"),
      words: t("attach.sample"),
      hint: t("attach.sampleHint"),
      act: () => sampleSheet(desk),
    },
  ]);
}

/** Small files of the phone's own, for when none is at hand. */
function sampleSheet(desk) {
  const own = (name, kind, file, mime, content = {}) => ({
    picture: icon(name),
    words: t(`kind.${file.startsWith("voice") ? "voice" : kind}`),
    act: () => sendSample(desk, kind, file, { mime_type: mime, ...content }),
  });
  choices(desk.screen, t("attach.sample"), [
    own("photo", "image", "photo.jpg", "image/jpeg"),
    own("microphone", "audio", "voice.ogg", "audio/ogg; codecs=opus", { voice: true }),
    own("sticker", "sticker", "sticker.webp", "image/webp"),
    {
      picture: icon("file-text"),
      words: t("kind.document"),
      act: () => desk.answer({ type: "document", document: { filename: "documento.pdf" } }),
    },
  ]);
}

async function sendSample(desk, kind, file, content) {
  try {
    const reply = await fetch(`/phone/static/samples/${file}`);
    desk.answer({ type: kind, [kind]: { ...content, data: await base64(await reply.blob()) } });
  } catch {
    toast(desk.screen, t("trouble.unreachable"), { bad: true });
  }
}

function pickFile(accept, take) {
  const input = h("input", { type: "file", hidden: true, ...(accept ? { accept } : {}) });
  input.addEventListener("change", () => {
    if (input.files[0]) take(input.files[0]);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input);
  input.click();
}

async function sendFile(desk, kind, file) {
  if (file.size === 0 || file.size > LARGEST[kind]) {
    toast(desk.screen, t(file.size ? "attach.tooLarge" : "attach.emptyFile", { mb: LARGEST[kind] / MB }), {
      bad: true,
    });
    return;
  }
  try {
    const data = await base64(file);
    const content = { data, mime_type: file.type || "application/octet-stream" };
    if (kind === "document") content.filename = file.name;
    if (kind === "audio") content.voice = true;
    desk.answer({ type: kind, [kind]: content });
  } catch {
    toast(desk.screen, t("attach.unreadable"), { bad: true });
  }
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Send a place; `contextId` is the message that asked for it, if one did. */
export function placeSheet(desk, contextId) {
  const name = field("attach.placeName", DEFAULT_PLACE.name, { "data-focus": true, maxlength: 100 });
  const address = field("attach.address", DEFAULT_PLACE.address, { maxlength: 200 });
  const latitude = field("attach.latitude", DEFAULT_PLACE.latitude, { inputmode: "decimal" });
  const longitude = field("attach.longitude", DEFAULT_PLACE.longitude, { inputmode: "decimal" });
  form(desk, t("attach.place"), [name, address, latitude, longitude], () => {
    const north = numberIn(latitude.input.value, 90);
    const east = numberIn(longitude.input.value, 180);
    if (north === null || east === null) return t("attach.placeWrong");
    const location = {
      latitude: north,
      longitude: east,
      name: name.input.value.trim(),
      address: address.input.value.trim(),
    };
    desk.answer({ type: "location", location, ...(contextId ? { context: { message_id: contextId } } : {}) });
    return null;
  });
}

function contactSheet(desk) {
  const name = field("attach.contactName", "", { "data-focus": true, maxlength: 100 });
  const phone = field("attach.contactPhone", "", { inputmode: "tel", maxlength: 30 });
  form(desk, t("attach.contact"), [name, phone], () => {
    const digits = phone.input.value.replace(/\D/g, "");
    if (!name.input.value.trim() || digits.length < 7) return t("attach.contactWrong");
    const card = {
      name: { formatted_name: name.input.value.trim() },
      phones: [{ phone: spaced(digits), type: "CELL" }],
    };
    desk.answer({ type: "contacts", contacts: [card] });
    return null;
  });
}

/** A form in a sheet; `check` sends and answers null, or answers what is wrong. */
function form(desk, title, fields, check) {
  const wrong = h("p", { class: "error", role: "alert" });
  const submit = (event) => {
    event.preventDefault();
    const words = check();
    wrong.textContent = words ?? "";
    if (words === null) close();
  };
  const close = sheet(
    desk.screen,
    title,
    h(
      "form",
      { class: "form", novalidate: true, onsubmit: submit },
      fields.map((one) => one.element),
      wrong,
      h("button", { type: "submit", class: "button main" }, t("send")),
    ),
  );
}

export function field(key, value, props = {}) {
  const input = h("input", {
    type: "text",
    class: "field",
    autocomplete: "off",
    value: String(value),
    ...props,
  });
  return { input, element: h("label", { class: "labelled" }, h("span", {}, t(key)), input) };
}

function numberIn(text, most) {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(number) && Math.abs(number) <= most ? number : null;
}
