import { Body, Controller, Delete, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, idFor } from '#libs/platform/http';
import { AddOrderLine } from '../../application/add-order-line.js';
import { ChangeOrderLine } from '../../application/change-order-line.js';
import { RemoveOrderLine } from '../../application/remove-order-line.js';
import { requests } from './examples.js';
import { CONTENT_CODES, OrderOperation } from './operations.js';
import { NewOrderLineBody, OrderLineBody, OrderLineParams, OrderParams } from './order-dto.js';
import { orderReply } from './order-reply.js';
import { lineOf } from './order-requests.js';

@ApiTags('orders')
@Controller('orders/:orderId/lines')
export class OrderLinesController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @OrderOperation({
    summary: 'Add a line or a charge to a draft',
    description:
      'Lines are never merged. A charge has a `kind` (freight, discount, tax) and an `amount`; a product line has ' +
      '`productCode`, `quantity` and `unitPrice`.',
    request: requests.line,
    made: { lineId: '4' },
    refusals: ['ORDER_NOT_DRAFT', 'ORDER_CANCELLED', 'ORDER_LINE_ALREADY_EXISTS', ...CONTENT_CODES],
  })
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
  @OrderOperation({
    summary: 'Replace a line of a draft',
    params: { lineId: '4' },
    request: requests.changedLine,
    refusals: [
      'ORDER_NOT_DRAFT',
      'ORDER_CANCELLED',
      'ORDER_LINE_NOT_FOUND',
      'ORDER_LINE_KIND_FIXED',
      ...CONTENT_CODES,
    ],
  })
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
  @OrderOperation({
    summary: 'Remove a line or a charge from a draft',
    params: { lineId: '4' },
    refusals: ['ORDER_NOT_DRAFT', 'ORDER_CANCELLED', 'ORDER_LINE_NOT_FOUND', 'ORDER_AMOUNT_TOO_LARGE'],
  })
  async remove(
    @Param() { orderId, lineId }: OrderLineParams,
    @CommandContextOf('RemoveOrderLine') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return orderReply(reply, orderId, this.commands.execute(new RemoveOrderLine(orderId, lineId, context)));
  }
}
