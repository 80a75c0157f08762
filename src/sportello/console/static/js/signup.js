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
  // What is typed beside it is looked at first: the code that comes back does not wait.
  button.addEventListener("click", () => {
    if (document.getElementById("signup").reportValidity()) open(here);
  });
}

/* A browser that holds the window back tells neither us nor Meta's script: the words for it stand
   there from the first moment. Without a version Meta opens its second one, which is no more. */
function open(here) {
  here.dataset.told = "";
  tell(here.dataset.waiting);
  window.FB.login((answer) => finished(here, answer), {
    config_id: here.dataset.configuration,
    response_type: "code",
    override_default_response_type: true,
    extras: { setup: {}, sessionInfoVersion: "3", version: "v4" },
  });
}

function finished(here, answer) {
  const code = answer?.authResponse?.code;
  if (!code) {
    tell(here.dataset.told || here.dataset.cancelled);
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
  if (!URL.canParse(origin)) return false;
  const [one, other] = [new URL(origin), new URL(known)];
  const name = other.hostname.replace(/^www\./, "");
  return one.protocol === "https:" && !one.port && `.${one.hostname}`.endsWith(`.${name}`);
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

/* Every way of finishing begins with the same word; one without a number brings the account alone.
   What failed is told as ERROR, or as CANCEL with an error's words. */
function heard(here, { event, data }) {
  const form = document.getElementById("signup");
  if (`${event}`.startsWith("FINISH")) {
    form.elements.waba_id.value = data?.waba_id ?? "";
    form.elements.phone_number_id.value = data?.phone_number_id ?? "";
  } else if (event === "ERROR" || data?.error_message) {
    stopped(here, here.dataset.failed, data?.error_message, data?.error_code, data?.session_id);
  } else if (event === "CANCEL") {
    stopped(here, here.dataset.cancelled, "", data?.current_step);
  }
}

function stopped(here, words, said, ...marks) {
  const marked = marks.filter(Boolean).join(" · ");
  const parts = [words, said && `“${said}”`, marked && `(${marked})`];
  here.dataset.told = parts.filter(Boolean).join(" ");
  tell(here.dataset.told);
}

function tell(words) {
  document.getElementById("window-said").textContent = words;
}

place();
document.addEventListener("sportello:placed", place);
