/** One line of JSON; a `bigint` (revision, position) becomes decimal text. */
export const jsonLine = (value: unknown): string => JSON.stringify(value, bigintAsText);

/** JSON for people, over several lines. */
export const jsonText = (value: unknown): string => JSON.stringify(value, bigintAsText, 2);

const bigintAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;
