/** The name that `text` was probably meant to be (cut short, or mistyped), if any is close enough to say so. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  const whole = text.length < 4 ? undefined : names.find((name) => name.startsWith(text));
  if (whole !== undefined) return whole;
  let nearest: string | undefined;
  let least = Math.max(2, Math.ceil(text.length / 3)) + 1;
  for (const name of names) {
    const edits = editsBetween(text, name);
    if (edits < least) {
      nearest = name;
      least = edits;
    }
  }
  return nearest;
}

/** Levenshtein distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[j]! + 1, row[j - 1]! + 1));
    }
  }
  return row[b.length]!;
}
