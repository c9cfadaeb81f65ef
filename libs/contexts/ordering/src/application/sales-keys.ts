import { salesKey } from '../read-models/sales-by.js';

/**
 * The range of `_id`s that holds the figures of one customer or product in every currency. An id may itself hold
 * the mark between id and currency: compare the field as well.
 */
export const keysOf = (of: string) => ({ $gte: salesKey(of, 'AAA'), $lte: salesKey(of, 'ZZZ') });
