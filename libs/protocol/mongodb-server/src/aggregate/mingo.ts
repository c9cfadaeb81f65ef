import { createRequire } from 'node:module';
import { comparisons } from './comparisons.js';
import type { AggregatorLike, MingoOptions } from './mingo-types.js';

type Operators = Record<string, unknown>;

interface Loaded {
  readonly Aggregator: new (
    pipeline: readonly object[],
    options: MingoOptions & { context: unknown },
  ) => AggregatorLike;
  readonly context: unknown;
}

let loaded: Loaded | undefined;

/** mingo, loaded when the first expression needs it (most of a server's start would go to it), with our own comparisons. */
function load(): Loaded {
  const require = createRequire(import.meta.url);
  const { Context, evalExpr } = require('mingo/core') as typeof import('mingo/core');
  const operators = (kind: string) => require(`mingo/operators/${kind}`) as Operators;
  const context = Context.init({
    accumulator: operators('accumulator'),
    expression: { ...operators('expression'), ...comparisons(evalExpr) },
    pipeline: operators('pipeline'),
    projection: operators('projection'),
    query: operators('query'),
    window: operators('window'),
  } as never);
  const { Aggregator } = require('mingo/aggregator') as { Aggregator: Loaded['Aggregator'] };
  return { Aggregator, context };
}

export function newAggregator(pipeline: readonly object[], options: MingoOptions): AggregatorLike {
  loaded ??= load();
  return new loaded.Aggregator(pipeline, { ...options, context: loaded.context });
}
