import type { Bench } from './bench.js';
import { commands } from './commands.js';
import { importOnlineRetail } from './import.js';

export const BENCHES: Readonly<Record<string, Bench>> = { commands, import: importOnlineRetail };
