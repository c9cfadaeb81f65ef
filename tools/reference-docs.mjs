// Writes the pages of docs/reference that are made from tables in the code (build first: they are read from dist).
// Specs hold the pages to the tables.
import { writeFileSync } from 'node:fs';
import { settingsPage } from '#libs/platform/settings';

writeFileSync(new URL('../docs/reference/settings.md', import.meta.url), settingsPage());
