import { createLogger } from '#libs/platform/observability';
import { connectProjector } from '../run-projector.js';
import { realContext } from './real-context.js';

/** A projector in a process of its own, to be killed: `node projector-process.js <suffix>`, URLs from the environment. */
const [suffix = ''] = process.argv.slice(2);
const { projector } = connectProjector({
  eventStoreUrl: process.env['EVENTSTORE_URL'] ?? '',
  mongoUrl: process.env['MONGODB_URL'] ?? '',
  contexts: [realContext(suffix)],
  logger: createLogger({ level: 'fatal', format: 'json' }),
  // Small commits: more of them to be killed in.
  limits: { documents: 100, coldDocuments: 40, ageMs: 20 },
});
projector.start();
