import { SURFACES, WITHOUT_EFFECT } from '../../libs/protocol/mongodb-server/src/surface.js';

const code = (names: readonly string[]): string =>
  names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(' ');

/** `docs/reference/mongodb-server.md`: what the embedded MongoDB server does, and what it refuses. */
export function mongoDbServerPage(): string {
  return [
    '# The embedded MongoDB server: what is there',
    '',
    'Everything here is either supported, accepted without effect for the reason given, or refused with code 238 and the',
    'words "not supported by the embedded server". A name that MongoDB does not know gets the code that MongoDB gives it.',
    'What holds for all of it, and differences that are known: the README of `libs/protocol/mongodb-server`.',
    '',
    ...Object.values(SURFACES).flatMap(({ title, supported, refused }) => [
      `## ${title}`,
      '',
      `Supported: ${code(supported)}`,
      '',
      `Refused: ${code(refused)}`,
      '',
    ]),
    '## Accepted without effect',
    '',
    '| What | Why |',
    '| --- | --- |',
    ...WITHOUT_EFFECT.map(([name, reason]) => `| ${name} | ${reason} |`),
    '',
    '_Made from the registries of the server by `node tools/reference-docs.mjs`; specs hold it to them and provoke every refusal._',
    '',
  ].join('\n');
}
