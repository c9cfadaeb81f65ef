import type { Bench } from './bench.js';
import { commands } from './commands.js';
import { EVENTSTOREDB_BENCHES } from './eventstoredb.js';
import { http } from './http.js';
import { importOnlineRetail } from './import.js';
import { MONGODB_BENCHES } from './mongodb.js';
import { rebuild } from './rebuild.js';

export const BENCHES: Readonly<Record<string, Bench>> = {
  commands,
  rebuild,
  import: importOnlineRetail,
  http,
  ...EVENTSTOREDB_BENCHES,
  ...MONGODB_BENCHES,
};
