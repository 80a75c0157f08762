// Pictures, sounds, films, files, places and cards inside a bubble.
import { h, icon, iconButton } from "./dom.js";
import { spaced, t } from "./i18n.js";

/** The picture of what a message carries; null for kinds without one. */
export function mediaOf(kind, content) {
  if (!content || typeof content !== "object") return null;
  const draw = DRAW[kind];
  return draw ? draw(content) : null;
}

/** Where the bytes are: only what the emulator keeps is fetched, never somebody's own link. */
function address(content) {
  return content.id ? `/phone/media/${encodeURIComponent(content.id)}` : null;
}

const DRAW = {
  image: (content) => picture(content, t("media.image"), "picture"),
  sticker: (content) => picture(content, t("media.sticker"), "sticker"),
  video: film,
  audio: sound,
  document: file,
  location: place,
  contacts: cards,
};

function picture(content, name, style) {
  const source = address(content);
  if (!source) return elsewhere("photo", name, content);
  const image = h("img", { src: source, alt: content.caption || name, class: style, loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(gone("photo", name)));
  if (style === "sticker") return image;
  return h(
    "a",
    {
      href: source,
      target: "_blank",
      rel: "noopener",
      class: "picture-link",
      "aria-label": t("media.open", { what: name }),
    },
    image,
  );
}

function film(content) {
  const source = address(content);
  if (!source) return elsewhere("movie", t("media.video"), content);
  const player = h("video", {
    src: source,
    controls: true,
    preload: "metadata",
    class: "film",
    "aria-label": t("media.video"),
  });
  player.addEventListener("error", () => player.replaceWith(gone("movie", t("media.video"))));
  return player;
}

function sound(content) {
  const name = t(content.voice ? "media.voice" : "media.audio");
  const source = address(content);
  if (!source) return elsewhere("volume", name, content);
  const player = new Audio();
  player.preload = "metadata";
  const button = iconButton(
    "player-play-filled",
    t("media.play"),
    () => (player.paused ? play() : player.pause()),
    { class: "play" },
  );
  const at = h("input", {
    type: "range",
    min: 0,
    max: 100,
    value: 0,
    step: 1,
    "aria-label": t("media.position"),
    oninput: seek,
  });
  const time = h("span", { class: "sound-time" }, "0:00");
  const whole = h(
    "div",
    { class: "sound", role: "group", "aria-label": name },
    icon(content.voice ? "microphone" : "volume"),
    button,
    at,
    time,
  );

  function play() {
    player.play().catch(() => whole.replaceWith(gone("volume", name)));
  }
  function seek() {
    if (Number.isFinite(player.duration)) player.currentTime = (Number(at.value) / 100) * player.duration;
  }
  function show() {
    const use = button.querySelector("use");
    use.setAttribute(
      "href",
      use.getAttribute("href").replace(/#.*/, player.paused ? "#player-play-filled" : "#player-pause-filled"),
    );
    button.setAttribute("aria-label", t(player.paused ? "media.play" : "media.pause"));
    if (!Number.isFinite(player.duration)) return;
    at.value = String(Math.round((player.currentTime / player.duration) * 100) || 0);
    time.textContent = minutes(player.currentTime || player.duration);
  }
  for (const event of ["play", "pause", "timeupdate", "loadedmetadata", "ended"])
    player.addEventListener(event, show);
  player.addEventListener("error", () => whole.replaceWith(gone("volume", name)), { once: true });
  player.src = source;
  return whole;
}

function file(content) {
  const name = content.filename || content.caption || t("media.document");
  const source = address(content);
  if (!source) return elsewhere("file-text", name, content);
  return h(
    "a",
    { href: source, download: name, class: "file", "aria-label": t("media.download", { what: name }) },
    icon("file-text"),
    h("span", { class: "file-name" }, name, h("span", { class: "hint" }, extension(content))),
    icon("download"),
  );
}

function place(content) {
  const latitude = Number(content.latitude);
  const longitude = Number(content.longitude);
  const right = Number.isFinite(latitude) && Number.isFinite(longitude);
  const where = right ? `${latitude.toFixed(4)}, ${longitude.toFixed(4)}` : t("media.nowhere");
  return h(
    "div",
    { class: "place" },
    h("div", { class: "map", "aria-hidden": "true" }, icon("map-pin")),
    h(
      "div",
      { class: "place-words" },
      h("strong", {}, content.name || t("media.location")),
      content.address ? h("span", {}, content.address) : null,
      h("span", { class: "hint" }, where),
    ),
  );
}

function cards(contacts) {
  const list = Array.isArray(contacts) ? contacts.slice(0, 20) : [];
  return h(
    "div",
    { class: "cards" },
    list.map((card) =>
      h(
        "div",
        { class: "card" },
        icon("user"),
        h(
          "span",
          {},
          h("strong", {}, card?.name?.formatted_name ?? t("media.contact")),
          (Array.isArray(card?.phones) ? card.phones : [])
            .slice(0, 3)
            .map((one) => h("span", { class: "hint" }, one?.phone ?? spaced(one?.wa_id ?? ""))),
        ),
      ),
    ),
  );
}

/** The business gave a link: Meta would fetch it, this phone does not leave the house. */
function elsewhere(name, words, content) {
  return h(
    "div",
    { class: "file" },
    icon(name),
    h(
      "span",
      { class: "file-name" },
      words,
      h(
        "span",
        { class: "hint" },
        content.link ? t("media.link", { link: content.link }) : t("media.without"),
      ),
    ),
  );
}

function gone(name, words) {
  return h(
    "div",
    { class: "file" },
    icon(name),
    h("span", { class: "file-name" }, words, h("span", { class: "hint" }, t("media.gone"))),
  );
}

function extension(content) {
  const dot = String(content.filename ?? "").split(".");
  return dot.length > 1
    ? dot.at(-1).slice(0, 8).toUpperCase()
    : String(content.mime_type ?? "")
        .split("/")
        .at(-1)
        .toUpperCase();
}

function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
