import { v5, v7 } from 'uuid';

/** RFC 9562 version 7: time-ordered. */
export const newId = (): string => v7();

/** RFC 9562 version 5: the same name in the same namespace gives the same id. `namespace` is a UUID. */
export const derivedId = (name: string, namespace: string): string => v5(name, namespace);
