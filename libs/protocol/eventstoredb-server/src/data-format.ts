/**
 * What a node keeps in its data folder: segments `<base>.log` of records (storage/record.ts) and `events.index`
 * (storage/index-file.ts), which may be missing. Segments of version 1 have no zeros behind their records; nothing
 * has to be done about it.
 */
export const DATA_FORMAT = { kind: 'eventstoredb', formatVersion: 2 } as const;
