import { readFileSync } from 'node:fs';
import type { DomainEvent } from '#libs/platform/kernel';
import { EXIT, FatalError } from '#libs/platform/lifecycle';

/** Reads what a history is altered by. Each @throws FatalError naming the file and the field that is wrong. */
export function alterationFile(types: readonly string[]) {
  const checkedEvent = (path: string, value: unknown): DomainEvent => {
    const { type, data } = objectOf(path, value);
    if (typeof type !== 'string' || !types.includes(type))
      throw wrong(path, `type: it must be one of ${types.join(', ')}, not ${JSON.stringify(type)}.`);
    if (typeof data !== 'object' || data === null) throw wrong(path, 'data: it must be an object.');
    return { type, data };
  };
  return {
    event: (path: string): DomainEvent => checkedEvent(path, json(path)),
    events: (path: string): DomainEvent[] => [json(path)].flat().map((each) => checkedEvent(path, each)),
    command(path: string): { readonly type: string } {
      const command = objectOf(path, json(path));
      const { type } = command;
      if (typeof type !== 'string') throw wrong(path, 'type: it must be the name of a command.');
      return { ...command, type };
    },
  };
}

function json(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(path, (error as Error).message);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(path, `it is not JSON: ${(error as Error).message}`);
  }
}

function objectOf(path: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(path, 'it must hold an object with a type.');
  return value as Record<string, unknown>;
}

const wrong = (path: string, reason: string): FatalError => new FatalError(`${path}: ${reason}`, EXIT.usage);
