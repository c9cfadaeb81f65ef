// Writes the pages of docs/reference that are made from tables in the code (build first: they are read from dist).
// Specs hold the pages to the tables.
import { writeFileSync } from 'node:fs';
import { referencePages } from '../dist/test/reference/reference-pages.js';

for (const [name, page] of Object.entries(referencePages()))
  writeFileSync(new URL(`../docs/reference/${name}`, import.meta.url), page);
