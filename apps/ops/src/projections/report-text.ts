import type { EventName, Finding, ProjectionReport } from '#libs/platform/projections';

/** A line for each read model, and below it what is not equal. */
export function reportText(report: ProjectionReport): string {
  const { name, version, state, documents, compared, unequal, position, findings } = report;
  const id = `${name}@${version}`;
  if (state === 'not_built') return `${id}: not built yet, nothing to compare`;
  const part = compared < documents ? `${count(compared)} of ${count(documents)}` : count(compared);
  const outcome = unequal === 0 ? 'equal' : `${count(unequal)} NOT EQUAL`;
  const lines = [`${id}: ${part} documents compared, at position ${position}: ${outcome}`];
  lines.push(...findings.map(findingText));
  if (unequal > findings.length) lines.push(`  and ${count(unequal - findings.length)} more`);
  return lines.join('\n');
}

function findingText(finding: Finding): string {
  const head = `  ${finding.key}: ${finding.kind}`;
  switch (finding.kind) {
    case 'different':
      return [
        head,
        ...finding.fields.map(
          ({ path, stored, expected, event }) =>
            `    ${path}: stored ${shown(stored)}, the log says ${shown(expected)}${event ? `, set by ${named(event)}` : ''}`,
        ),
      ].join('\n');
    case 'missing':
      return `${head}${finding.event ? `, last touched by ${named(finding.event)}` : ''}`;
    case 'surplus':
      return `${head}, ${finding.event ? `removed by ${named(finding.event)}` : 'made by no event'}`;
    case 'unfoldable':
      return `${head}: ${finding.message}, at ${named(finding.event)}`;
  }
}

const named = ({ type, stream, revision, position }: EventName): string =>
  `${type} (${stream}@${revision}, position ${position})`;
const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
const count = (n: number): string => n.toLocaleString('en');
