import type {
  ContextDefinition,
  DomainEvent,
  EventTypes,
  Fold,
  Projection,
  RecordedEvent,
} from '#libs/platform/kernel';

// biome-ignore lint/suspicious/noExplicitAny: projections of different documents and events live in one list
export type AnyProjection = Projection<any, any>;
export type AnyFold = Fold<object, DomainEvent>;

/** A projection where it lives. */
export interface RegisteredProjection {
  /** `<name>@<version>`: its collection, and the `_id` of its checkpoint. */
  readonly id: string;
  readonly context: string;
  readonly database: string;
  readonly projection: AnyProjection;
}

export interface Category {
  readonly name: string;
  readonly context: string;
  readonly eventTypes: EventTypes;
}

/** What the contexts registered: which streams are followed, and who folds them. */
export class ProjectionRegistry {
  readonly projections: readonly RegisteredProjection[];
  private readonly categories = new Map<string, Category>();
  private readonly byName = new Map<string, RegisteredProjection>();

  /** @throws Error two contexts claim a category, a database or a projection name, or a category has a dash. */
  constructor(contexts: readonly ContextDefinition[]) {
    this.projections = contexts.flatMap(({ name: context, database, projections }) =>
      projections.map((projection) => ({ id: idOf(projection), context, database, projection })),
    );
    for (const registered of this.projections) {
      const { name } = registered.projection;
      if (this.byName.has(name)) throw new Error(`Two projections are called "${name}".`);
      this.byName.set(name, registered);
    }
    for (const { name: context, categories } of contexts)
      for (const [name, eventTypes] of Object.entries(categories))
        this.addCategory({ name, context, eventTypes });
    const databases = new Set(contexts.map(({ database }) => database));
    if (databases.size < contexts.length) throw new Error('Two contexts name the same database.');
  }

  private addCategory(category: Category): void {
    const { name, context } = category;
    if (name === '' || name.includes('-'))
      throw new Error(`"${name}" (${context}) is no category: no dash in it.`);
    const other = this.categories.get(name);
    if (other) throw new Error(`The category "${name}" belongs to ${other.context} and to ${context}.`);
    this.categories.set(name, category);
  }

  /** Prefixes of the stream names to follow: `order-`. */
  get prefixes(): string[] {
    return [...this.categories.keys()].map((name) => `${name}-`);
  }

  /** The category that a stream is named after, if a context registered it. */
  categoryOf(stream: string): Category | undefined {
    const dash = stream.indexOf('-');
    return dash < 1 ? undefined : this.categories.get(stream.slice(0, dash));
  }

  /** @throws Error an unknown name; the message lists the known ones. */
  named(name: string): RegisteredProjection {
    const registered = this.byName.get(name);
    if (registered) return registered;
    throw new Error(
      `There is no projection "${name}"; known: ${[...this.byName.keys()].join(', ') || 'none'}.`,
    );
  }
}

export const idOf = ({ name, version }: { readonly name: string; readonly version: number }): string =>
  `${name}@${version}`;

/** The fold that takes the event, if the projection has one. */
export function foldFor({ on }: AnyProjection, type: string): AnyFold | undefined {
  return Object.hasOwn(on, type) ? (on[type] as AnyFold | undefined) : undefined;
}

/** The documents an event touches, each once. */
export function keysOf({ key }: AnyProjection, recorded: RecordedEvent): readonly string[] {
  const keys = key(recorded) as string | readonly string[];
  return typeof keys === 'string' ? [keys] : [...new Set(keys)];
}
