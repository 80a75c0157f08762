/* Meta's embedded signup: its script opens the window, two messages come back. One says which
   account and number were chosen, the other brings the code, which lives for 30 seconds. */

function place() {
  const here = document.getElementById("window");
  if (!here || here.dataset.ready) return;
  here.dataset.ready = "yes";
  window.fbAsyncInit = () => ready(here);
  if (window.FB) {
    ready(here);
    return;
  }
  const script = document.createElement("script");
  script.src = here.dataset.sdk;
  script.async = true;
  script.onerror = () => tell(here.dataset.absent);
  document.head.append(script);
}

function ready(here) {
  const { app, version } = here.dataset;
  window.FB.init({ appId: app, version, autoLogAppEvents: false, xfbml: false });
  const button = document.getElementById("open-window");
  button.disabled = false;
  button.addEventListener("click", () => open(here));
}

function open(here) {
  tell("");
  window.FB.login((answer) => finished(here, answer), {
    config_id: here.dataset.configuration,
    response_type: "code",
    override_default_response_type: true,
    extras: { setup: {}, featureType: "", sessionInfoVersion: "3" },
  });
}

function finished(here, answer) {
  const code = answer?.authResponse?.code;
  if (!code) {
    if (!document.getElementById("window-said").textContent) tell(here.dataset.cancelled);
    return;
  }
  tell(here.dataset.taken);
  const form = document.getElementById("signup");
  form.elements.code.value = code;
  form.requestSubmit();
}

/* Only Meta's own pages are believed: the origin itself, or a host under the same name. */
function isMeta(origin, known) {
  if (origin === known) return true;
  const [one, other] = [new URL(origin), new URL(known)];
  const name = other.hostname.replace(/^www\./, "");
  return one.protocol === "https:" && !one.port && one.hostname.endsWith(`.${name}`);
}

window.addEventListener("message", ({ origin, data }) => {
  const here = document.getElementById("window");
  if (!here || typeof data !== "string" || !isMeta(origin, here.dataset.origin)) return;
  let told;
  try {
    told = JSON.parse(data);
  } catch {
    return;
  }
  if (told?.type === "WA_EMBEDDED_SIGNUP") heard(here, told);
});

function heard(here, { event, data }) {
  const form = document.getElementById("signup");
  if (event === "CANCEL") tell(here.dataset.cancelled);
  else if (event === "ERROR") tell(`${here.dataset.failed} ${data?.error_message ?? ""}`);
  else {
    form.elements.waba_id.value = data?.waba_id ?? "";
    form.elements.phone_number_id.value = data?.phone_number_id ?? "";
  }
}

function tell(words) {
  document.getElementById("window-said").textContent = words;
}

place();
document.addEventListener("sportello:placed", place);
