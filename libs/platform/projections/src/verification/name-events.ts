import { isSame, valueAt } from '#libs/platform/kernel';
import { DocumentsApart } from './documents-apart.js';
import { type EventName, nameOf } from './event-name.js';
import type { Finding } from './findings.js';
import type { LogReader } from './log-reader.js';
import type { Tally } from './verification.js';

/** Who set what of one document, as far as a finding asks. */
interface Origins {
  last?: EventName;
  readonly byPath: Map<string, EventName>;
}

/** Reads the log once more, for the found documents alone, and says which event should have set what differs. */
export async function nameEvents(log: LogReader, tallies: readonly Tally[]): Promise<void> {
  const traces = tallies.filter(({ findings }) => findings.length > 0).map((tally) => new Trace(tally));
  if (traces.length === 0) return;
  const end = traces.map(({ tally }) => tally.position).reduce((a, b) => (a > b ? a : b));
  for await (const recorded of log.read(-1n, end)) for (const trace of traces) trace.apply(recorded);
  for (const trace of traces) trace.tally.findings = trace.named();
}

class Trace {
  readonly #origins = new Map<string, Origins>();
  readonly #paths = new Map<string, readonly string[]>();
  readonly #apart: DocumentsApart;

  constructor(readonly tally: Tally) {
    for (const finding of tally.findings)
      this.#paths.set(
        finding.key,
        finding.kind === 'different' ? finding.fields.map(({ path }) => path) : [],
      );
    this.#apart = new DocumentsApart(tally.registered, (key) => this.#paths.has(key));
  }

  apply(recorded: Parameters<DocumentsApart['apply']>[0]): void {
    if (recorded.position > this.tally.position) return;
    const before = new Map(this.#apart.documents);
    for (const key of this.#apart.apply(recorded)) {
      const origins = this.#origins.get(key) ?? { byPath: new Map<string, EventName>() };
      this.#origins.set(key, origins);
      origins.last = nameOf(recorded);
      const after = this.#apart.documents.get(key);
      for (const path of this.#paths.get(key) ?? [])
        if (!isSame(valueAt(before.get(key), path), valueAt(after, path)))
          origins.byPath.set(path, origins.last);
    }
  }

  named(): Finding[] {
    return this.tally.findings.map((finding) => {
      const origins = this.#origins.get(finding.key);
      if (!origins || finding.kind === 'unfoldable') return finding;
      if (finding.kind !== 'different') return { ...finding, ...(origins.last && { event: origins.last }) };
      const fields = finding.fields.map((field) => {
        const event = origins.byPath.get(field.path);
        return event ? { ...field, event } : field;
      });
      return { ...finding, fields };
    });
  }
}
