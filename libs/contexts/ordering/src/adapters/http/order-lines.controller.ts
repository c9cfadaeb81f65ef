import { Body, Controller, Delete, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, idFor } from '#libs/platform/http';
import { AddOrderLine } from '../../application/add-order-line.js';
import { ChangeOrderLine } from '../../application/change-order-line.js';
import { RemoveOrderLine } from '../../application/remove-order-line.js';
import { NewOrderLineBody, OrderLineBody, OrderLineParams, OrderParams } from './order-dto.js';
import { orderReply } from './order-reply.js';
import { lineOf } from './order-requests.js';

@ApiTags('orders')
@Controller('orders/:orderId/lines')
export class OrderLinesController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  async add(
    @Param() { orderId }: OrderParams,
    @Body() body: NewOrderLineBody,
    @CommandContextOf('AddOrderLine') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const lineId = idFor(context, body.lineId);
    const adding = this.commands.execute(new AddOrderLine(orderId, lineOf(body, lineId), context));
    return orderReply(reply, orderId, adding, { lineId });
  }

  @Put(':lineId')
  async change(
    @Param() { orderId, lineId }: OrderLineParams,
    @Body() body: OrderLineBody,
    @CommandContextOf('ChangeOrderLine') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const changing = this.commands.execute(new ChangeOrderLine(orderId, lineOf(body, lineId), context));
    return orderReply(reply, orderId, changing);
  }

  @Delete(':lineId')
  async remove(
    @Param() { orderId, lineId }: OrderLineParams,
    @CommandContextOf('RemoveOrderLine') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new RemoveOrderLine(orderId, lineId, context)));
  }
}
