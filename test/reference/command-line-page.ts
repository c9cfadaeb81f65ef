import type { Command } from 'commander';
import { tidemarkProgram } from '../../apps/ops/src/program.js';

const neverRun = () => {
  throw new Error('The page is made from the help alone.');
};

/** `docs/reference/command-line.md`: the help of every command, as `--help` prints it. */
export function commandLinePage(): string {
  const signal = new AbortController().signal;
  const program = tidemarkProgram(
    { env: {}, interrupted: signal, out: neverRun, note: neverRun, openLog: neverRun, openSystem: neverRun },
    '0.0.0',
  );
  return [
    '# The command line',
    '',
    'Inside the clone: `npx tidemark …`. On a fresh clone it first installs and builds, told on standard error.',
    'Results go to standard output, everything else to standard error; with `--json` standard output holds JSON and',
    'nothing else. Ctrl-C ends a command in order; a second one at once.',
    '',
    ...leavesOf(program).flatMap((command) => [
      `## ${nameOf(command)}`,
      '',
      '```',
      helpOf(command).trimEnd(),
      '```',
      '',
    ]),
    '_Made from the commands by `node tools/reference-docs.mjs`; a spec holds it to that._',
    '',
  ].join('\n');
}

/** The program and its commands, without the groups that only hold others. */
function leavesOf(command: Command): Command[] {
  const isGroup = command.commands.length > 0 && command.parent !== null;
  return [...(isGroup ? [] : [command]), ...command.commands.flatMap(leavesOf)];
}

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 110,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return help;
}
