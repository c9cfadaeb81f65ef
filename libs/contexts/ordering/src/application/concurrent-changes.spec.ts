import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AggregateStore,
  decodeEvent,
  EventStreams,
  InMemoryEventStreams,
  StreamAggregateStore,
} from '#libs/platform/event-store';
import { commandContext } from '#libs/platform/testing';
import { orderAggregate } from '../domain/order-aggregate.js';
import { content, lantern } from '../domain/order-examples.js';
import { AddOrderLine, AddOrderLineHandler } from './add-order-line.js';
import { CancelOrder, CancelOrderHandler } from './cancel-order.js';
import { ConfirmOrder, ConfirmOrderHandler } from './confirm-order.js';
import { DraftOrder, DraftOrderHandler } from './draft-order.js';
import { PlaceDraft, PlaceDraftHandler } from './place-draft.js';
import { PlaceOrder, PlaceOrderHandler } from './place-order.js';
import { ShipOrder, ShipOrderHandler } from './ship-order.js';

const WRITERS = 64;
/** Each writer's share of the attempts needed when all others are first. */
const options = { attempts: WRITERS + 1 };

let streams: InMemoryEventStreams;
/** As many processes as writers: commands of one process would only take turns. */
let processes: readonly AggregateStore[];
beforeEach(() => {
  streams = new InMemoryEventStreams();
  processes = Array.from({ length: WRITERS }, () => new StreamAggregateStore(streams, options));
});

const first = () => processes[0]!;
const events = () => streams.all().map((stored) => decodeEvent(orderAggregate.eventTypes, stored).event);
const context = commandContext;
const at = <T>(run: (store: AggregateStore, writer: number) => Promise<T>) =>
  Promise.allSettled(processes.map(run));
const codes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));

describe(`${WRITERS} writers on one order`, () => {
  it('add a line each, and every line is there once', async () => {
    await new DraftOrderHandler(first()).execute(new DraftOrder('o-1', content, context('DraftOrder')));
    const results = await at((store, writer) => {
      const line = { ...lantern, lineId: `w-${writer}` };
      return new AddOrderLineHandler(store).execute(new AddOrderLine('o-1', line, context('AddOrderLine')));
    });
    expect(codes(results)).toEqual([]);
    await new PlaceDraftHandler(first()).execute(new PlaceDraft('o-1', context('PlaceDraft')));
    const placed = events().at(-1);
    const ids = placed?.type === 'OrderPlaced' ? placed.data.lines.map(({ lineId }) => lineId) : [];
    const own = Array.from({ length: WRITERS }, (_, writer) => `w-${writer}`);
    expect([...ids].sort()).toEqual(['1', '2', '3', ...own].sort());
  });

  it('place it at once: one does, the others repeat it', async () => {
    const results = await at((store) =>
      new PlaceOrderHandler(store).execute(new PlaceOrder('o-1', content, context('PlaceOrder'))),
    );
    expect(codes(results)).toEqual([]);
    expect(events()).toHaveLength(1);
  });

  it('place other content under one id: one does, the others are refused', async () => {
    const results = await at((store, writer) => {
      const order = { ...content, customerId: `c-${writer}` };
      return new PlaceOrderHandler(store).execute(new PlaceOrder('o-1', order, context('PlaceOrder')));
    });
    expect(codes(results)).toEqual(Array(WRITERS - 1).fill('ORDER_ALREADY_EXISTS'));
    expect(events()).toHaveLength(1);
  });

  it('ship the same units: what is there is shipped once', async () => {
    await new PlaceOrderHandler(first()).execute(new PlaceOrder('o-1', content, context('PlaceOrder')));
    await new ConfirmOrderHandler(first()).execute(new ConfirmOrder('o-1', context('ConfirmOrder')));
    const results = await at((store, writer) => {
      const shipment = [{ lineId: lantern.lineId, quantity: 1 }];
      const command = new ShipOrder('o-1', `s-${writer}`, shipment, context('ShipOrder'));
      return new ShipOrderHandler(store).execute(command);
    });
    expect(codes(results)).toEqual(Array(WRITERS - lantern.quantity).fill('SHIPMENT_EXCEEDS_ORDER'));
    expect(events()).toHaveLength(2 + lantern.quantity);
  });

  it('cancel and ship: either all of it, or none', async () => {
    await new PlaceOrderHandler(first()).execute(new PlaceOrder('o-1', content, context('PlaceOrder')));
    await new ConfirmOrderHandler(first()).execute(new ConfirmOrder('o-1', context('ConfirmOrder')));
    await at((store, writer) =>
      writer % 2 === 0
        ? new CancelOrderHandler(store).execute(new CancelOrder('o-1', 'late', context('CancelOrder')))
        : new ShipOrderHandler(store).execute(
            new ShipOrder('o-1', `s-${writer}`, [{ lineId: '1', quantity: 1 }], context('ShipOrder')),
          ),
    );
    const types = new Set(events().map(({ type }) => type));
    expect(types.has('OrderCancelled') !== types.has('OrderShipped')).toBe(true);
  });
});

/** Lets another writer be first, once, between the reading and the writing of a command. */
class Overtaken extends EventStreams {
  constructor(
    private readonly streams: EventStreams,
    private overtake: (() => Promise<unknown>) | undefined,
  ) {
    super();
  }

  load(stream: string, fromRevision?: bigint) {
    return this.streams.load(stream, fromRevision);
  }

  async append(...append: Parameters<EventStreams['append']>) {
    const overtake = this.overtake;
    this.overtake = undefined;
    await overtake?.();
    return this.streams.append(...append);
  }
}

describe('placing a draft', () => {
  it('is refused when a line came in meanwhile, and stands when repeated', async () => {
    await new DraftOrderHandler(first()).execute(new DraftOrder('o-1', content, context('DraftOrder')));
    const line = { ...lantern, lineId: 'late' };
    const overtake = () =>
      new AddOrderLineHandler(first()).execute(new AddOrderLine('o-1', line, context('AddOrderLine')));
    const placing = new PlaceDraftHandler(new StreamAggregateStore(new Overtaken(streams, overtake)));
    const place = () => placing.execute(new PlaceDraft('o-1', context('PlaceDraft')));
    await expect(place()).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
    await place();
    expect(events().at(-1)).toMatchObject({ type: 'OrderPlaced', data: { totals: { lines: 4 } } });
  });
});
