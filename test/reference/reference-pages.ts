import { PRODUCT_ERRORS } from '#libs/contexts/catalog';
import { CUSTOMER_ERRORS } from '#libs/contexts/customers';
import { CREDIT_NOTE_ERRORS, ORDER_ERRORS } from '#libs/contexts/ordering';
import { EVENT_STORE_ERRORS } from '#libs/platform/event-store';
import { HTTP_ERRORS, KIND_STATUS } from '#libs/platform/http';
import type { ErrorTable } from '#libs/platform/kernel';
import { READ_MODEL_ERRORS } from '#libs/platform/projections';
import { settingsPage } from '#libs/platform/settings';
import { commandLinePage } from './command-line-page.js';
import { mongoDbServerPage } from './mongodb-server-page.js';

/** Refusals of one part of the system, with the status that the API answers. */
interface ErrorSection {
  readonly title: string;
  readonly source: string;
  readonly errors: readonly { readonly code: string; readonly status: number; readonly message: string }[];
}

const ofRules = (title: string, source: string, table: ErrorTable): ErrorSection => ({
  title,
  source,
  errors: Object.entries(table).map(([code, { kind, message }]) => ({
    code,
    status: KIND_STATUS[kind],
    message,
  })),
});

/** Every error table there is. */
export const ERROR_SECTIONS: readonly ErrorSection[] = [
  {
    title: 'Any request',
    source: 'libs/platform/http/src/problems/http-error.ts',
    errors: Object.entries(HTTP_ERRORS).map(([code, definition]) => ({ code, ...definition })),
  },
  ofRules('Any command', 'libs/platform/event-store/src/event-store-errors.ts', EVENT_STORE_ERRORS),
  ofRules('Any query', 'libs/platform/projections/src/read-model-errors.ts', READ_MODEL_ERRORS),
  ofRules('Orders', 'libs/contexts/ordering/src/domain/order-errors.ts', ORDER_ERRORS),
  ofRules('Credit notes', 'libs/contexts/ordering/src/domain/credit-note-errors.ts', CREDIT_NOTE_ERRORS),
  ofRules('Products', 'libs/contexts/catalog/src/domain/product-errors.ts', PRODUCT_ERRORS),
  ofRules('Customers', 'libs/contexts/customers/src/domain/customer-errors.ts', CUSTOMER_ERRORS),
];

const errorsPage = (): string =>
  [
    '# Errors',
    '',
    'A refusal is an `application/problem+json` body (RFC 9457) with a stable `code`: act on the code, show `detail`.',
    '`field` names what is at fault as a path (`lines[3].quantity`) or a header, `errors` lists every field of a request',
    'that is not valid, `requestId` finds the request in the log. A 503 carries `Retry-After` in seconds.',
    '',
    ...ERROR_SECTIONS.flatMap(({ title, source, errors }) => [
      `## ${title}`,
      '',
      '| Code | Status | Meaning |',
      '| --- | --- | --- |',
      ...errors.map(({ code, status, message }) => `| \`${code}\` | ${status} | ${message} |`),
      '',
      `Declared in \`${source}\`.`,
      '',
    ]),
    '_Made from these tables by `node tools/reference-docs.mjs`; a spec holds it to that._',
    '',
  ].join('\n');

/** The pages of `docs/reference` that are made from the code, by file name. */
export const referencePages = (): Readonly<Record<string, string>> => ({
  'command-line.md': commandLinePage(),
  'errors.md': errorsPage(),
  'mongodb-server.md': mongoDbServerPage(),
  'settings.md': settingsPage(),
});
