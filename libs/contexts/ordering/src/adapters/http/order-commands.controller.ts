import { Body, Controller, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, commandContextOf, commandReply, idFor, Operation } from '#libs/platform/http';
import { CancelOrder } from '../../application/cancel-order.js';
import { ConfirmOrder } from '../../application/confirm-order.js';
import { DeliverOrder } from '../../application/deliver-order.js';
import { DraftOrder } from '../../application/draft-order.js';
import { PlaceDraft } from '../../application/place-draft.js';
import { PlaceOrder } from '../../application/place-order.js';
import { SetOrderAddress } from '../../application/set-order-address.js';
import { ShipOrder } from '../../application/ship-order.js';
import { orderAnswer, requests } from './examples.js';
import { CONTENT_CODES, commandRefusals, OrderOperation } from './operations.js';
import { AddressBody, CancelOrderBody, OrderBody, OrderParams, ShipmentBody } from './order-dto.js';
import { orderReply } from './order-reply.js';
import { contentOf } from './order-requests.js';

@ApiTags('orders')
@Controller('orders')
export class OrderCommandsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Operation({
    summary: 'Draft or place an order',
    description:
      'With `place` the order is placed at once; without, it is a draft whose lines still change. Lines without a ' +
      '`lineId` are numbered. The same id with the same content repeats the order and records nothing.',
    request: requests.order,
    answer: { status: 201, example: orderAnswer },
    refusals: commandRefusals(
      'ORDER_ALREADY_EXISTS',
      'ORDER_HAS_NO_LINES',
      'ORDER_TOTAL_NEGATIVE',
      ...CONTENT_CODES,
    ),
  })
  async open(
    @Body() body: OrderBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const Opening = body.place ? PlaceOrder : DraftOrder;
    const context = commandContextOf(Opening.name, request);
    const orderId = idFor(context, body.orderId);
    const answer = await this.commands.execute(new Opening(orderId, contentOf(body), context));
    return commandReply(reply, 201, answer, { location: `/orders/${orderId}`, body: { orderId } });
  }

  @Put(':orderId/address')
  @OrderOperation({
    summary: 'Set where an order goes',
    description: 'Until the first shipment. The address is replaced as a whole.',
    request: requests.address,
    refusals: ['ORDER_FIELD_MISSING', 'ORDER_CANCELLED', 'ORDER_ALREADY_SHIPPED'],
  })
  async setAddress(
    @Param() { orderId }: OrderParams,
    @Body() address: AddressBody,
    @CommandContextOf('SetOrderAddress') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new SetOrderAddress(orderId, address, context)));
  }

  @Post(':orderId/place')
  @OrderOperation({
    summary: 'Place a draft',
    description: 'From then on its lines are fixed, and it counts in the reports.',
    refusals: ['ORDER_CANCELLED', 'ORDER_HAS_NO_LINES', 'ORDER_TOTAL_NEGATIVE'],
  })
  @HttpCode(200)
  async place(
    @Param() { orderId }: OrderParams,
    @CommandContextOf('PlaceDraft') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new PlaceDraft(orderId, context)));
  }

  @Post(':orderId/confirm')
  @OrderOperation({
    summary: 'Confirm a placed order',
    refusals: ['ORDER_NOT_PLACED', 'ORDER_CANCELLED'],
  })
  @HttpCode(200)
  async confirm(
    @Param() { orderId }: OrderParams,
    @CommandContextOf('ConfirmOrder') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new ConfirmOrder(orderId, context)));
  }

  @Post(':orderId/shipments')
  @OrderOperation({
    summary: 'Ship all or a part of an order',
    description: 'The same `shipmentId` with the same lines repeats the shipment and records nothing.',
    request: requests.shipment,
    made: { shipmentId: 's-1' },
    refusals: [
      'ORDER_NOT_PLACED',
      'ORDER_NOT_CONFIRMED',
      'ORDER_CANCELLED',
      'ORDER_LINE_NOT_FOUND',
      'ORDER_QUANTITY_INVALID',
      'SHIPMENT_ALREADY_EXISTS',
      'SHIPMENT_EMPTY',
      'SHIPMENT_EXCEEDS_ORDER',
      'SHIPMENT_LINE_REPEATED',
    ],
  })
  @HttpCode(200)
  async ship(
    @Param() { orderId }: OrderParams,
    @Body() { shipmentId: clientId, lines }: ShipmentBody,
    @CommandContextOf('ShipOrder') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const shipmentId = idFor(context, clientId);
    const shipping = this.commands.execute(new ShipOrder(orderId, shipmentId, lines, context));
    return orderReply(reply, orderId, shipping, { shipmentId });
  }

  @Post(':orderId/deliver')
  @OrderOperation({
    summary: 'Note that an order arrived',
    description: 'After all of it is shipped.',
    refusals: ['ORDER_NOT_PLACED', 'ORDER_NOT_FULLY_SHIPPED', 'ORDER_CANCELLED'],
  })
  @HttpCode(200)
  async deliver(
    @Param() { orderId }: OrderParams,
    @CommandContextOf('DeliverOrder') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new DeliverOrder(orderId, context)));
  }

  @Post(':orderId/cancel')
  @OrderOperation({
    summary: 'Cancel an order before its first shipment',
    request: requests.cancellation,
    refusals: ['ORDER_REASON_MISSING', 'ORDER_ALREADY_SHIPPED'],
  })
  @HttpCode(200)
  async cancel(
    @Param() { orderId }: OrderParams,
    @Body() { reason }: CancelOrderBody,
    @CommandContextOf('CancelOrder') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new CancelOrder(orderId, reason, context)));
  }
}
