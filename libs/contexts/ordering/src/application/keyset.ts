/** Where the page before ended: the sort key and the id of its last item. */
export interface Keyset<Key extends string | number> {
  readonly key: Key;
  readonly id: string;
}

/** A range of time: from inclusive, to exclusive; a timestamp, or a day for its midnight UTC. */
export interface TimeRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Selects what follows `after` in descending order of (`field`, `_id`): one range of the index to read, and the items
 * that share the last sort key told apart by id.
 */
export function following<Key extends string | number>(field: string, after: Keyset<Key> | undefined) {
  if (!after) return {};
  return { [field]: { $lte: after.key }, $or: [{ [field]: { $lt: after.key } }, { _id: { $lt: after.id } }] };
}

/** The range on `field`; nothing where it is open at both ends. */
export function within(field: string, { from, to }: TimeRange) {
  if (from === undefined && to === undefined) return {};
  return { [field]: { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) } };
}

/** Both on the same field: the page begins inside the range, so that `after` bounds it from above. */
export function followingWithin(field: string, after: Keyset<string> | undefined, range: TimeRange) {
  if (!after) return within(field, range);
  if (range.to !== undefined && after.key >= range.to) return within(field, range);
  const bounds = { ...(range.from !== undefined && { $gte: range.from }), $lte: after.key };
  return { ...following(field, after), [field]: bounds };
}
