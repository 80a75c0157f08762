// Virtual time as the emulator last told it, running on between two tidings.
let told = { timestamp: Date.now() / 1000, speed: 1 };
let toldAt = performance.now();

export function setClock(clock) {
  told = clock;
  toldAt = performance.now();
}

/** Virtual now, in milliseconds since 1970. */
export function now() {
  return told.timestamp * 1000 + (performance.now() - toldAt) * told.speed;
}

export const speed = () => told.speed;
