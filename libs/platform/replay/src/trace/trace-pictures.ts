import type { Trace, TracedCommand, TracedEvent } from './trace.js';

/** An indented tree for a terminal. */
export function traceText({ correlationId, events, streams, roots }: Trace): string {
  const lines = [`correlation ${correlationId}: ${plural(events, 'event')} in ${plural(streams, 'stream')}`];
  const command = (each: TracedCommand, indent: string): void => {
    const { id, type = '(no command)', actor, at, missingCause } = each;
    const by = actor === undefined ? '' : `  by ${actor}`;
    lines.push(`${indent}${type}${by}${at === undefined ? '' : `  ${at}`}  ${id}`);
    if (missingCause !== undefined) lines.push(`${indent}  caused by ${missingCause}, which is MISSING`);
    for (const event of each.events) {
      lines.push(`${indent}  → ${eventLabel(event)}`);
      for (const next of event.caused) command(next, `${indent}      `);
    }
  };
  for (const root of roots) command(root, '');
  return lines.join('\n');
}

/** A Mermaid flowchart (mermaid.js.org/syntax/flowchart). */
export function traceMermaid(trace: Trace): string {
  const lines = ['flowchart LR'];
  graphOf(trace, {
    node: (id, label, isEvent) =>
      lines.push(isEvent ? `  ${id}(["${mermaidText(label)}"])` : `  ${id}["${mermaidText(label)}"]`),
    missing: (id, label) => lines.push(`  ${id}{{"${mermaidText(label)}"}}`),
    arrow: (from, to) => lines.push(`  ${from} --> ${to}`),
  });
  return lines.join('\n');
}

/** A Graphviz digraph (graphviz.org/doc/info/lang.html). */
export function traceGraphviz(trace: Trace): string {
  const lines = ['digraph trace {', '  rankdir=LR;'];
  graphOf(trace, {
    node: (id, label, isEvent) =>
      lines.push(`  ${id} [label=${JSON.stringify(label)}, shape=${isEvent ? 'ellipse' : 'box'}];`),
    missing: (id, label) => lines.push(`  ${id} [label=${JSON.stringify(label)}, style=dashed];`),
    arrow: (from, to) => lines.push(`  ${from} -> ${to};`),
  });
  return [...lines, '}'].join('\n');
}

interface Pen {
  node(id: string, label: string, isEvent: boolean): void;
  missing(id: string, label: string): void;
  arrow(from: string, to: string): void;
}

function graphOf({ roots }: Trace, pen: Pen): void {
  let count = 0;
  const command = (each: TracedCommand, from?: string): void => {
    const id = `n${++count}`;
    const { type, actor, missingCause } = each;
    pen.node(id, `${type ?? each.id}${actor === undefined ? '' : ` by ${actor}`}`, false);
    if (from !== undefined) pen.arrow(from, id);
    if (missingCause !== undefined) {
      const missing = `n${++count}`;
      pen.missing(missing, `missing: ${missingCause}`);
      pen.arrow(missing, id);
    }
    for (const event of each.events) {
      const eventId = `n${++count}`;
      pen.node(eventId, eventLabel(event), true);
      pen.arrow(id, eventId);
      for (const next of event.caused) command(next, eventId);
    }
  };
  for (const root of roots) command(root);
}

const eventLabel = ({ type, stream, revision }: TracedEvent): string => `${type} (${stream}@${revision})`;

/** Quotes end a label in Mermaid; it reads entities instead. */
const mermaidText = (label: string): string => label.replaceAll('"', '#quot;');

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
