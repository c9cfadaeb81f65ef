type KeyedLists = Readonly<Record<string, string>>;

/** Shows declared lists of a state by the key of their elements, so that a change is told by key, not by place. */
export class KeyedView {
  readonly #lists: readonly (readonly [path: readonly string[], key: string])[];
  readonly #made = new WeakMap<object, unknown>();

  constructor(keyedLists: KeyedLists = {}) {
    this.#lists = Object.entries(keyedLists).map(([path, key]) => [path.split('/').slice(1), key] as const);
  }

  of(state: unknown): unknown {
    return this.#lists.reduce((seen, [path, key]) => this.#replaced(seen, path, key), state);
  }

  #replaced(value: unknown, [name, ...rest]: readonly string[], key: string): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (name === undefined) return Array.isArray(value) ? this.#byKey(value, key) : value;
    const part = (value as Record<string, unknown>)[name];
    const seen = this.#replaced(part, rest, key);
    return seen === part ? value : { ...value, [name]: seen };
  }

  /** A list with an element without the key, or with the same key twice, stays as it is. */
  #byKey(list: readonly unknown[], key: string): unknown {
    const known = this.#made.get(list);
    if (known !== undefined) return known;
    const entries = list.map(
      (element) => [(element as Record<string, unknown> | null)?.[key], element] as const,
    );
    const keys = new Set(entries.map(([name]) => name));
    const hasKeys = keys.size === list.length && [...keys].every((name) => typeof name === 'string');
    const made = hasKeys ? Object.fromEntries(entries) : list;
    this.#made.set(list, made);
    return made;
  }
}
