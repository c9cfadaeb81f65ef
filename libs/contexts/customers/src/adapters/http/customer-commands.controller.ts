import { Body, Controller, Param, Post, Put, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import type { CommandAnswer, CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, commandReply, idFor } from '#libs/platform/http';
import { ChangeCustomerAddress } from '../../application/change-customer-address.js';
import { ChangeCustomerContact } from '../../application/change-customer-contact.js';
import { RegisterCustomer } from '../../application/register-customer.js';
import {
  ChangeAddressBody,
  ChangeContactBody,
  CustomerParams,
  RegisterCustomerBody,
} from './customer-dto.js';
import { CustomerOperation } from './customer-operations.js';

@Controller('customers')
export class CustomerCommandsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @CustomerOperation.register
  async register(
    @Body() { customerId, contact = {}, address }: RegisterCustomerBody,
    @CommandContextOf('RegisterCustomer') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const id = idFor(context, customerId);
    const customer = { customerId: id, contact, address };
    return answered(reply, 201, id, await this.commands.execute(new RegisterCustomer(customer, context)));
  }

  @Put(':id/contact')
  @CustomerOperation.changeContact
  async changeContact(
    @Param() { id }: CustomerParams,
    @Body() changes: ChangeContactBody,
    @CommandContextOf('ChangeCustomerContact') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const command = new ChangeCustomerContact(id, changes, context);
    return answered(reply, 200, id, await this.commands.execute(command));
  }

  @Put(':id/address')
  @CustomerOperation.changeAddress
  async changeAddress(
    @Param() { id }: CustomerParams,
    @Body() changes: ChangeAddressBody,
    @CommandContextOf('ChangeCustomerAddress') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const command = new ChangeCustomerAddress(id, changes, context);
    return answered(reply, 200, id, await this.commands.execute(command));
  }
}

const answered = (reply: FastifyReply, status: number, customerId: string, answer: CommandAnswer) =>
  commandReply(reply, status, answer, { location: `/customers/${customerId}`, body: { customerId } });
