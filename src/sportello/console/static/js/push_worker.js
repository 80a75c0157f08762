/* Woken by a push, which carries nothing: says that something waits, and opens the desk. The words
   come from the page that registered this script. */

const asked = new URL(self.location.href).searchParams;
const DESK = "/notifications/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  event.waitUntil(
    self.registration.showNotification("Sportello", {
      body: asked.get("says") ?? "",
      lang: asked.get("language") ?? "",
      tag: "sportello",
      renotify: true,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open());
});

async function open() {
  const pages = await self.clients.matchAll({ type: "window" });
  const [page] = pages;
  if (!page) return self.clients.openWindow(DESK);
  await page.focus();
  return page.navigate(DESK);
}
