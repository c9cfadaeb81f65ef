import { Body, Controller, Param, Post, Put, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import type { CommandAnswer, CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, commandReply } from '#libs/platform/http';
import { parseAmount } from '#libs/platform/kernel';
import { ChangeProductPrice } from '../../application/change-product-price.js';
import { DiscontinueProduct } from '../../application/discontinue-product.js';
import { RegisterProduct } from '../../application/register-product.js';
import { RenameProduct } from '../../application/rename-product.js';
import {
  ChangeProductPriceBody,
  DiscontinueProductBody,
  ProductParams,
  RegisterProductBody,
  RenameProductBody,
} from './product-dto.js';
import { ProductOperation } from './product-operations.js';

@Controller('products')
export class ProductCommandsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @ProductOperation.register
  async register(
    @Body() { code, name, price, currency }: RegisterProductBody,
    @CommandContextOf('RegisterProduct') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const product = { code, name, priceThousandths: parseAmount(price, 3), currency };
    return answered(reply, 201, code, await this.commands.execute(new RegisterProduct(product, context)));
  }

  @Put(':code/name')
  @ProductOperation.rename
  async rename(
    @Param() { code }: ProductParams,
    @Body() { name }: RenameProductBody,
    @CommandContextOf('RenameProduct') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered(reply, 200, code, await this.commands.execute(new RenameProduct(code, name, context)));
  }

  @Put(':code/price')
  @ProductOperation.changePrice
  async changePrice(
    @Param() { code }: ProductParams,
    @Body() { price, currency }: ChangeProductPriceBody,
    @CommandContextOf('ChangeProductPrice') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const next = { priceThousandths: parseAmount(price, 3), currency };
    return answered(
      reply,
      200,
      code,
      await this.commands.execute(new ChangeProductPrice(code, next, context)),
    );
  }

  @Post(':code/discontinue')
  @ProductOperation.discontinue
  async discontinue(
    @Param() { code }: ProductParams,
    @Body() { reason }: DiscontinueProductBody,
    @CommandContextOf('DiscontinueProduct') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered(
      reply,
      200,
      code,
      await this.commands.execute(new DiscontinueProduct(code, reason, context)),
    );
  }
}

const answered = (reply: FastifyReply, status: number, code: string, answer: CommandAnswer) =>
  commandReply(reply, status, answer, {
    location: `/products/${encodeURIComponent(code)}`,
    body: { code },
  });
