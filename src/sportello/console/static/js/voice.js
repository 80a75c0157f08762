/* Voice notes: recorded here, one channel, as Opus. Where the browser wraps it as WebM the server
   wraps it as Ogg, which is what WhatsApp takes. */

import { take, tell } from "./parcels.js";

const SECONDS_MAX = 15 * 60;
const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"];

let recorder = null;
let timer = null;
// The chat for which one speaks.
let home = "";

const chat = () => document.getElementById("composer")?.dataset.draft ?? "";

document.addEventListener("click", ({ target }) => {
  if (!target.closest("#voice-button")) return;
  if (recorder) recorder.stop();
  else begin();
});

async function begin() {
  const words = document.getElementById("composer").dataset;
  const type = KINDS.find((kind) => window.MediaRecorder?.isTypeSupported(kind));
  if (!type || !navigator.mediaDevices) {
    tell(words.noSound);
    return;
  }
  home = chat();
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true },
    });
    record(stream, type);
  } catch {
    tell(words.noSound);
  }
}

function record(stream, type) {
  const pieces = [];
  const since = Date.now();
  recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24_000 });
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.onstop = () => {
    clearInterval(timer);
    recorder = null;
    for (const track of stream.getTracks()) track.stop();
    show(null);
    // Whoever went on to another chat meant it for the one that was left.
    if (chat() !== home) return;
    const plain = type.split(";")[0];
    const ending = plain === "audio/ogg" ? "ogg" : "webm";
    take([new File(pieces, `voice.${ending}`, { type: plain })], { voice: true });
  };
  recorder.start(1000);
  show(0);
  timer = setInterval(() => {
    const seconds = Math.floor((Date.now() - since) / 1000);
    show(seconds);
    if (seconds >= SECONDS_MAX) recorder?.stop();
  }, 500);
}

/* `seconds`: null where nobody speaks. */
function show(seconds) {
  const button = document.getElementById("voice-button");
  if (!button) return;
  button.ariaPressed = String(seconds !== null);
  const time = document.getElementById("voice-time");
  time.hidden = seconds === null;
  if (seconds !== null) {
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

document.addEventListener("sportello:placed", () => {
  if (recorder && chat() !== home) recorder.stop();
});
