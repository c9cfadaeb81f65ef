import { ABSENT_ACCUMULATORS, ACCUMULATORS } from './aggregate/accumulators.js';
import { ABSENT_EXPRESSIONS, EXPRESSIONS } from './aggregate/expression/compile.js';
import { ABSENT_STAGES, STAGES } from './aggregate/stages.js';
import { ABSENT_COMMANDS } from './commands/admin.js';
import { REFUSED_OPTIONS } from './commands/ddl.js';
import { ABSENT_INDEX_KINDS, INDEX_OPTIONS } from './commands/index-specification.js';
import { COMMANDS } from './commands/registry.js';
import { ABSENT_QUERY_OPERATORS, QUERY_OPERATORS } from './query/parse-filter.js';
import { OPERATORS } from './update/operators.js';

/** What clients can ask for, kind by kind, as the registries know it. */
export interface Surface {
  readonly title: string;
  readonly supported: readonly string[];
  /** Refused with code 238. */
  readonly refused: readonly string[];
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

export const SURFACES = {
  commands: { title: 'Commands', supported: sorted(Object.keys(COMMANDS)), refused: sorted(ABSENT_COMMANDS) },
  topOperators: {
    title: 'Query operators at the top of a filter',
    supported: sorted(QUERY_OPERATORS.top),
    refused: sorted(ABSENT_QUERY_OPERATORS.top),
  },
  fieldOperators: {
    title: 'Query operators on a field',
    supported: sorted(QUERY_OPERATORS.field),
    refused: sorted(ABSENT_QUERY_OPERATORS.field),
  },
  updateOperators: { title: 'Update operators', supported: sorted(Object.keys(OPERATORS)), refused: [] },
  stages: {
    title: 'Pipeline stages',
    supported: sorted([...Object.keys(STAGES), '$documents', '$changeStream']),
    refused: sorted(ABSENT_STAGES),
  },
  expressions: {
    title: 'Expressions',
    supported: sorted(Object.keys(EXPRESSIONS)),
    refused: sorted(ABSENT_EXPRESSIONS),
  },
  accumulators: {
    title: 'Accumulators of $group',
    supported: sorted(Object.keys(ACCUMULATORS)),
    refused: sorted(ABSENT_ACCUMULATORS),
  },
  indexKinds: { title: 'Kinds of indexes', supported: ['1', '-1'], refused: sorted(ABSENT_INDEX_KINDS) },
  indexOptions: {
    title: 'Options of indexes',
    supported: optionsThatAre('supported'),
    refused: optionsThatAre('refused'),
  },
  createOptions: { title: 'Options of create', supported: [], refused: sorted(REFUSED_OPTIONS) },
} as const satisfies Record<string, Surface>;

function optionsThatAre(treatment: 'supported' | 'ignored' | 'refused'): string[] {
  return sorted(Object.keys(INDEX_OPTIONS).filter((name) => INDEX_OPTIONS[name] === treatment));
}

/** Accepted without effect, and why that is no different answer. */
export const WITHOUT_EFFECT: readonly (readonly [name: string, reason: string])[] = [
  ['$readPreference', 'There is one member, and it is the primary.'],
  ['readConcern', 'Every level reads committed data of the one member.'],
  ['writeConcern up to one member, journal', 'An acknowledged write is on disk whatever it asks for.'],
  ['allowDiskUse', 'Memory limits are the same with it; above them code 292 says so.'],
  ['comment', 'It says something to people who read a log.'],
  ['noCursorTimeout', 'A cursor lives 10 minutes after its last use, or as long as its session.'],
  ['commitQuorum', 'There is one member to build an index.'],
  [
    'index options v, background, ns, storageEngine',
    'They name the form of an index or how it is built, not what it holds.',
  ],
  ['collation { locale: simple }', 'It is how everything is compared.'],
];
