/* Has this browser woken, or no longer: asks it for an address at its push service and hands that
   in. What cannot be done here is said in words. */

const card = document.getElementById("waking");
const button = card.querySelector("[data-wake]");
const line = card.querySelector("[data-line]");

function say(name) {
  line.textContent = card.dataset[name];
  button.hidden = name !== "off" && name !== "failed";
}

function worker() {
  const words = new URLSearchParams({ says: card.dataset.says, language: document.documentElement.lang });
  return navigator.serviceWorker.register(`${card.dataset.worker}?${words}`, { scope: "/" });
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function isOurs(subscription) {
  const key = new Uint8Array(subscription.options.applicationServerKey ?? []);
  const ours = bytes(card.dataset.key);
  return key.length === ours.length && ours.every((one, place) => one === key[place]);
}

async function begin() {
  if (!("serviceWorker" in navigator && "PushManager" in window)) return say("cannot");
  if (Notification.permission === "denied") return say("denied");
  const registration = await navigator.serviceWorker.getRegistration("/");
  const known = await registration?.pushManager.getSubscription();
  const isKept = known && isOurs(known) && card.dataset.places.split(" ").includes(known.endpoint);
  return say(isKept ? "on" : "off");
}

async function wake() {
  try {
    if ((await Notification.requestPermission()) !== "granted") return say("denied");
    const registration = await worker();
    await navigator.serviceWorker.ready;
    const known = await registration.pushManager.getSubscription();
    if (known && !isOurs(known)) await known.unsubscribe();
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(card.dataset.key),
    });
    const told = new FormData(card.querySelector("form"));
    told.set("address", subscription.endpoint);
    const answer = await fetch(card.querySelector("form").action, { method: "POST", body: told });
    if (!answer.ok) throw new Error("not kept");
    return location.reload();
  } catch {
    return say("failed");
  }
}

button.addEventListener("click", (event) => {
  event.preventDefault();
  wake();
});
begin();
