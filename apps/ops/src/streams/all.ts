/** Name of the whole log. */
export const ALL = '$all';
