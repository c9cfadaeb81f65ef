import type { Aggregate, Decider } from '#libs/platform/kernel';
import { refuse } from './product-errors.js';
import { type Price, type ProductEvent, productEventTypes } from './product-events.js';

/** A product is known by its code, compared letter by letter: `15056BL` and `15056bl` are two products. */
export type ProductCommand =
  | (Price & {
      readonly type: 'RegisterProduct';
      readonly code: string;
      readonly name: string;
      readonly at: string;
    })
  | {
      readonly type: 'RenameProduct';
      readonly code: string;
      readonly name: string;
      readonly at: string;
    }
  | (Price & { readonly type: 'ChangeProductPrice'; readonly code: string; readonly at: string })
  | {
      readonly type: 'DiscontinueProduct';
      readonly code: string;
      readonly reason: string;
      readonly at: string;
    };

interface Offer extends Price {
  readonly name: string;
}

export type ProductState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'active' | 'discontinued';
      /** As first registered: the same registration again is a repeat. */
      readonly registered: Offer;
      readonly current: Offer;
    };

const NAME_MAX_CHARACTERS = 200;

export const product: Decider<ProductState, ProductCommand, ProductEvent> = {
  initialState: { status: 'absent' },

  decide(state, command) {
    if (command.type === 'RegisterProduct') return register(state, command);
    if (state.status === 'absent') throw refuse('PRODUCT_NOT_FOUND');
    const { code, at } = command;
    if (command.type === 'DiscontinueProduct')
      return state.status === 'discontinued'
        ? []
        : [{ type: 'ProductDiscontinued', data: { code, reason: command.reason, discontinuedAt: at } }];

    const { name, priceThousandths, currency } = state.current;
    const next: Offer = { ...state.current, ...offerOf(command) };
    checkOffer(next);
    if (sameOffer(next, state.current)) return [];
    if (state.status === 'discontinued') throw refuse('PRODUCT_DISCONTINUED');
    return command.type === 'RenameProduct'
      ? [{ type: 'ProductRenamed', data: { code, name: next.name, previousName: name, renamedAt: at } }]
      : [
          {
            type: 'ProductPriceChanged',
            data: { code, ...priceOf(next), previous: { priceThousandths, currency }, changedAt: at },
          },
        ];
  },

  evolve(state, event) {
    switch (event.type) {
      case 'ProductRegistered': {
        const offer = { name: event.data.name, ...priceOf(event.data) };
        return { status: 'active', registered: offer, current: offer };
      }
      case 'ProductRenamed':
        return changed(state, { name: event.data.name });
      case 'ProductPriceChanged':
        return changed(state, priceOf(event.data));
      case 'ProductDiscontinued':
        return state.status === 'absent' ? state : { ...state, status: 'discontinued' };
    }
  },
};

/** Changes of name and price are decided again on what the other writer left: the later one to arrive stands. */
export const productAggregate: Aggregate<ProductState, ProductCommand, ProductEvent> = {
  category: 'product',
  decider: product,
  eventTypes: productEventTypes,
  conflicts: {
    RegisterProduct: 'decide_again', // finds the other registration, and is its repeat or refused
    RenameProduct: 'decide_again',
    ChangeProductPrice: 'decide_again',
    DiscontinueProduct: 'decide_again',
  },
  creates: ['RegisterProduct'],
};

function register(
  state: ProductState,
  command: Extract<ProductCommand, { readonly type: 'RegisterProduct' }>,
): readonly ProductEvent[] {
  const offer = { name: command.name, ...priceOf(command) };
  checkOffer(offer);
  if (state.status !== 'absent') {
    if (sameOffer(offer, state.registered)) return [];
    throw refuse('PRODUCT_ALREADY_EXISTS', { field: 'code' });
  }
  return [{ type: 'ProductRegistered', data: { code: command.code, ...offer, registeredAt: command.at } }];
}

function offerOf(
  command: Extract<ProductCommand, { readonly type: 'RenameProduct' | 'ChangeProductPrice' }>,
): Partial<Offer> {
  return command.type === 'RenameProduct' ? { name: command.name } : priceOf(command);
}

function changed(state: ProductState, change: Partial<Offer>): ProductState {
  return state.status === 'absent' ? state : { ...state, current: { ...state.current, ...change } };
}

function checkOffer({ name, priceThousandths }: Offer): void {
  if (name.trim() === '' || [...name].length > NAME_MAX_CHARACTERS)
    throw refuse('PRODUCT_NAME_INVALID', { field: 'name' });
  if (!Number.isSafeInteger(priceThousandths) || priceThousandths < 0)
    throw refuse('PRODUCT_PRICE_INVALID', { field: 'price' });
}

const priceOf = ({ priceThousandths, currency }: Price): Price => ({ priceThousandths, currency });

const sameOffer = (a: Offer, b: Offer): boolean =>
  a.name === b.name && a.priceThousandths === b.priceThousandths && a.currency === b.currency;
