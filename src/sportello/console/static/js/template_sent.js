/* A template was handed over from an editor: what the browser kept of it is needed no more. */

const SENT = "template-sent";
const sent = sessionStorage.getItem(SENT);
if (sent) {
  localStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);
}
