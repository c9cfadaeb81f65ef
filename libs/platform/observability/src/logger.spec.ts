import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { ContextDefinition } from '#libs/platform/kernel';
import { createLogger, type LoggerSettings, NestLogger } from './logger.js';
import { redactionPaths } from './redaction.js';

const orders: ContextDefinition = {
  name: 'ordering',
  database: 'tidemark_ordering',
  categories: {
    order: { OrderPlaced: { version: 1, personal: ['address.name', 'lines.*.engraving', 'e-mail'] } },
  },
  projections: [],
};

function logging(settings: Partial<LoggerSettings> = {}) {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ level: 'info', format: 'json', destination, ...settings });
  return { logger, lines, entry: () => JSON.parse(lines.at(-1) ?? '') };
}

describe('createLogger', () => {
  it('writes one JSON line an entry, with an ISO time and a level in words', () => {
    const { logger, entry } = logging();
    logger.warn({ stream: 'order-1' }, 'slow append');
    expect(entry()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      stream: 'order-1',
      msg: 'slow append',
    });
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = logging({ level: 'error' });
    logger.info('not said');
    expect(lines).toEqual([]);
  });

  it('blanks credentials wherever a request is logged', () => {
    const { logger, lines } = logging();
    logger.info({ req: { headers: { authorization: 'Bearer s3cret', cookie: 's3cret' } } });
    logger.info({ headers: { authorization: 'Basic s3cret' }, authorization: 's3cret' });
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines.join('')).toContain('[redacted]');
  });

  it.each([
    ['an event', { event: { type: 'OrderPlaced', data: personal() } }],
    ['data', { data: personal() }],
    ['a command', { command: personal() }],
    ['fields', personal()],
    ['an event under another name', { refused: { data: personal() } }],
  ])('blanks the personal fields of %s', (_place, fields) => {
    const { logger, lines } = logging({ personal: redactionPaths([orders]) });
    logger.info(fields, 'seen');
    expect(lines.join('')).not.toContain('Ada');
    expect(lines.join('')).toContain('London');
  });

  it('writes plain lines for people when asked', () => {
    const { logger, lines } = logging({ format: 'pretty' });
    new NestLogger(logger).log('Listening', 'Standalone');
    expect(lines.join('')).toMatch(/INFO.*Standalone: Listening/);
  });
});

describe('NestLogger', () => {
  it('keeps the context and the stack of what Nest reports', () => {
    const { logger, entry } = logging();
    const nest = new NestLogger(logger);
    nest.error('it broke', 'Error: it broke\n    at here', 'Module');
    expect(entry()).toMatchObject({
      level: 'error',
      msg: 'it broke',
      context: 'Module',
      stack: expect.stringContaining('at here'),
    });
  });
});

function personal() {
  return {
    address: { name: 'Ada', city: 'London' },
    lines: [{ engraving: 'Ada', quantity: 1 }],
    'e-mail': 'Ada@example.org',
  };
}
