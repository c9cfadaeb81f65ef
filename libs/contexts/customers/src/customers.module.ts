import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CustomerCommandsController } from './adapters/http/customer-commands.controller.js';
import { CustomerQueriesController } from './adapters/http/customer-queries.controller.js';
import { ChangeCustomerAddressHandler } from './application/change-customer-address.js';
import { ChangeCustomerContactHandler } from './application/change-customer-contact.js';
import { GetCustomerHandler } from './application/get-customer.js';
import { ListCustomersHandler } from './application/list-customers.js';
import { RegisterCustomerHandler } from './application/register-customer.js';

@Module({
  imports: [CqrsModule],
  controllers: [CustomerCommandsController],
  providers: [RegisterCustomerHandler, ChangeCustomerContactHandler, ChangeCustomerAddressHandler],
})
export class CustomersCommandModule {}

@Module({
  imports: [CqrsModule],
  controllers: [CustomerQueriesController],
  providers: [GetCustomerHandler, ListCustomersHandler],
})
export class CustomersQueryModule {}
