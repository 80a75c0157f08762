// Media that a message gives by link: what the emulator found there stands beside the link.

/** The message with the id of what was found at each of its links. */
export function withFetched(message) {
  const found = message.fetched ?? {};
  if (Object.keys(found).length === 0) return message;
  return { ...message, payload: filled(message.payload, found), view: filled(message.view, found) };
}

function filled(part, found) {
  if (Array.isArray(part)) return part.map((item) => filled(item, found));
  if (part === null || typeof part !== "object") return part;
  const whole = Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, filled(inner, found)]));
  return whole.link in found && !whole.id ? { ...whole, id: found[whole.link] } : whole;
}
