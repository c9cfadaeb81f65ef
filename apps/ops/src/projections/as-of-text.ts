interface AsOf {
  readonly projection: string;
  readonly position: bigint;
  readonly todayPosition: bigint;
  readonly documents: readonly {
    readonly key: string;
    readonly past: object | null;
    readonly changes: readonly { readonly path: string; readonly past: unknown; readonly today: unknown }[];
  }[];
}

/** Each document as it was, and what has changed since. */
export function asOfText({ projection, position, todayPosition, documents }: AsOf): string {
  return documents
    .map(({ key, past, changes }) => {
      const title = `${projection} ${key}, as of position ${position}:`;
      const body = past ? JSON.stringify(past, null, 2) : '(no such document)';
      const since = changes.map(
        (each) => `  ${each.path || '/'}: ${shown(each.past)} then, ${shown(each.today)} today`,
      );
      const heading = since.length > 0 ? `Since then, up to position ${todayPosition}:` : 'The same today.';
      return [title, body, heading, ...since].join('\n');
    })
    .join('\n\n');
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
