// Nodes that are drawn again only when what they show has changed: what is being tapped stays.
export class Kept {
  #nodes = new Map();

  /** The node under `key`, built anew if its `mark` (all that its look depends on) has changed. */
  get(key, mark, build) {
    const old = this.#nodes.get(key);
    if (old?.mark === mark) return old.node;
    const node = build();
    this.#nodes.set(key, { mark, node });
    return node;
  }

  /** The node under `key` as it stands, or null. */
  at(key) {
    return this.#nodes.get(key)?.node ?? null;
  }

  /** Forget all but these. */
  only(nodes) {
    const used = new Set(nodes);
    for (const [key, { node }] of this.#nodes) if (!used.has(node)) this.#nodes.delete(key);
  }
}
