import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { runApp } from '#libs/platform/lifecycle';
import { startStandalone } from '../../apps/standalone/src/start-standalone.js';
import { OrderBody } from '../../libs/contexts/ordering/src/adapters/http/order-dto.js';

/** What a request costs at least: parsed, dispatched, answered; nothing validated, nothing done. */
@Controller('bench')
class EmptyController {
  @Post('empty')
  @HttpCode(201)
  empty(): object {
    return { orderId: '', revision: 0, position: '0' };
  }

  @Post('validated')
  @HttpCode(201)
  validated(@Body() _order: OrderBody): object {
    return { orderId: '', revision: 0, position: '0' };
  }
}

await runApp(() => startStandalone([EmptyController]));
