import type { Encodable } from '../bson/encode.js';
import { fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { Plan, PointPlan, ScanPlan } from '../query/planner.js';
import { countOf, type Query, QueryRun } from '../query/query.js';
import type { Examined } from '../query/scan.js';
import type { ReadContext } from '../storage/contexts.js';
import { Invocation, type Reply } from './invocation.js';
import { findQuery } from './reading.js';

type Stage = { [name: string]: Encodable };

/** `explain` of find and count: the chosen plan, and what running it looked at. */
export function explain(invocation: Invocation): Promise<Reply> {
  const inner = invocation.document('explain');
  if (!inner) throw new MongoError(9, 'explain needs a command');
  const fields = fieldsOf(inner);
  const [name] = fields.keys();
  if (name !== 'find' && name !== 'count') throw notSupported(`explain of ${name}`);
  const renamed =
    name === 'count'
      ? new Map([...fields].map(([key, value]) => [key === 'query' ? 'filter' : key, value]))
      : fields;
  const { server, connection, session, transaction, database } = invocation;
  const explained = new Invocation(
    name,
    renamed,
    new Map(),
    database,
    server,
    connection,
    session,
    transaction,
    undefined,
  );
  const { namespace } = explained;
  const verbosity = invocation.get('verbosity')?.string() ?? 'allPlansExecution';
  return explained.read(async (context) => {
    const query = findQuery(explained, context, namespace);
    const isCovered = name === 'count' && query.plan?.kind === 'scan' && query.plan.covered;
    const winningPlan = isCovered ? countStage(query.plan) : winningStage(query);
    const reply: Reply = {
      explainVersion: '1',
      queryPlanner: { namespace, indexFilterSet: false, winningPlan, rejectedPlans: [] },
    };
    if (verbosity === 'queryPlanner') return { ...reply, ok: 1 };
    if (isCovered) {
      const n = await countOf(query, context, explained.timeLimit());
      return {
        ...reply,
        executionStats: { ...statisticsOf(1, { keys: n, documents: 0 }, 0), executionStages: winningPlan },
        ok: 1,
      };
    }
    return { ...reply, executionStats: await statistics(query, context, explained, winningPlan), ok: 1 };
  });
}

async function statistics(
  query: Query,
  context: ReadContext,
  invocation: Invocation,
  winningPlan: Stage,
): Promise<Stage> {
  const started = performance.now();
  const run = new QueryRun(query);
  let nReturned = 0;
  while (!run.done) {
    nReturned += (await run.batch(context, 1_000, Number.MAX_SAFE_INTEGER, invocation.timeLimit())).length;
  }
  return {
    ...statisticsOf(nReturned, run.examined, Math.round(performance.now() - started)),
    executionStages: winningPlan,
  };
}

function statisticsOf(nReturned: number, examined: Examined, executionTimeMillis: number): Stage {
  return {
    executionSuccess: true,
    nReturned,
    executionTimeMillis,
    totalKeysExamined: examined.keys,
    totalDocsExamined: examined.documents,
  };
}

function countStage(plan: ScanPlan): Stage {
  return { stage: 'COUNT', inputStage: { ...branchStage(plan), stage: 'COUNT_SCAN' } };
}

function winningStage(query: Query): Stage {
  if (!query.plan) return { stage: 'EOF' };
  let stage = planStage(query.plan);
  if (query.sortsInMemory) {
    const sortPattern = Object.fromEntries(
      query.options.sort!.map(({ path, descending }) => [path.text, descending ? -1 : 1]),
    );
    stage = { stage: 'SORT', sortPattern, inputStage: stage };
  }
  if (query.options.skip) stage = { stage: 'SKIP', skipAmount: query.options.skip, inputStage: stage };
  if (query.options.limit) stage = { stage: 'LIMIT', limitAmount: query.options.limit, inputStage: stage };
  if (query.options.project) stage = { stage: 'PROJECTION_DEFAULT', inputStage: stage };
  return stage;
}

function planStage(plan: Plan): Stage {
  if (plan.kind === 'union')
    return { stage: 'FETCH', inputStage: { stage: 'OR', inputStages: plan.branches.map(branchStage) } };
  if (plan.kind === 'points' || !plan.index) return branchStage(plan);
  return { stage: 'FETCH', inputStage: branchStage(plan) };
}

function branchStage(plan: PointPlan | ScanPlan): Stage {
  if (plan.kind === 'points') {
    if (plan.keys.length === 1) return { stage: 'IDHACK', indexName: '_id_' };
    return {
      stage: 'FETCH',
      inputStage: {
        stage: 'IXSCAN',
        indexName: '_id_',
        keyPattern: { _id: 1 },
        isMultiKey: false,
        direction: 'forward',
      },
    };
  }
  const direction = plan.ranges[0]?.reverse ? 'backward' : 'forward';
  if (!plan.index) return { stage: 'COLLSCAN', direction };
  const keyPattern = Object.fromEntries(
    plan.index.fields.map(({ path, descending }) => [path.text, descending ? -1 : 1]),
  );
  const { name: indexName, unique: isUnique, sparse = false, partial } = plan.index;
  return {
    stage: 'IXSCAN',
    indexName,
    keyPattern,
    isMultiKey: plan.multikey,
    isUnique,
    isSparse: sparse,
    isPartial: partial !== undefined,
    direction,
  };
}
