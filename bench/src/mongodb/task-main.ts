import { TASKS } from './tasks.js';

const [name = '', argument = 'null'] = process.argv.slice(2);
if (!Object.hasOwn(TASKS, name)) throw new Error(`There is no task ${name}.`);
const task = TASKS[name as keyof typeof TASKS] as (argument: unknown) => unknown;
console.log(JSON.stringify((await task(JSON.parse(argument))) ?? null));
