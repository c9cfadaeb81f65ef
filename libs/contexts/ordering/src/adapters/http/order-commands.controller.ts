import { Body, Controller, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, commandContextOf, commandReply, idFor } from '#libs/platform/http';
import { CancelOrder } from '../../application/cancel-order.js';
import { ConfirmOrder } from '../../application/confirm-order.js';
import { DeliverOrder } from '../../application/deliver-order.js';
import { DraftOrder } from '../../application/draft-order.js';
import { PlaceDraft } from '../../application/place-draft.js';
import { PlaceOrder } from '../../application/place-order.js';
import { SetOrderAddress } from '../../application/set-order-address.js';
import { ShipOrder } from '../../application/ship-order.js';
import { AddressBody, CancelOrderBody, OrderBody, OrderParams, ShipmentBody } from './order-dto.js';
import { orderReply } from './order-reply.js';
import { contentOf } from './order-requests.js';

@ApiTags('orders')
@Controller('orders')
export class OrderCommandsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
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
  async setAddress(
    @Param() { orderId }: OrderParams,
    @Body() address: AddressBody,
    @CommandContextOf('SetOrderAddress') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new SetOrderAddress(orderId, address, context)));
  }

  @Post(':orderId/place')
  @HttpCode(200)
  async place(
    @Param() { orderId }: OrderParams,
    @CommandContextOf('PlaceDraft') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new PlaceDraft(orderId, context)));
  }

  @Post(':orderId/confirm')
  @HttpCode(200)
  async confirm(
    @Param() { orderId }: OrderParams,
    @CommandContextOf('ConfirmOrder') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new ConfirmOrder(orderId, context)));
  }

  @Post(':orderId/shipments')
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
  @HttpCode(200)
  async deliver(
    @Param() { orderId }: OrderParams,
    @CommandContextOf('DeliverOrder') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new DeliverOrder(orderId, context)));
  }

  @Post(':orderId/cancel')
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
