import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CreditNoteCommandsController } from './adapters/http/credit-note-commands.controller.js';
import { CreditNoteQueriesController } from './adapters/http/credit-note-queries.controller.js';
import { OrderCommandsController } from './adapters/http/order-commands.controller.js';
import { OrderLinesController } from './adapters/http/order-lines.controller.js';
import { OrderQueriesController } from './adapters/http/order-queries.controller.js';
import { SalesQueriesController } from './adapters/http/sales-queries.controller.js';
import { AddOrderLineHandler } from './application/add-order-line.js';
import { CancelOrderHandler } from './application/cancel-order.js';
import { ChangeOrderLineHandler } from './application/change-order-line.js';
import { ConfirmOrderHandler } from './application/confirm-order.js';
import { DeliverOrderHandler } from './application/deliver-order.js';
import { DraftOrderHandler } from './application/draft-order.js';
import { GetCreditNoteHandler } from './application/get-credit-note.js';
import { GetCustomerTotalsHandler } from './application/get-customer-totals.js';
import { GetOrderHandler } from './application/get-order.js';
import { GetProductSalesHandler } from './application/get-product-sales.js';
import { GetSalesReportHandler } from './application/get-sales-report.js';
import { IssueCreditNoteHandler } from './application/issue-credit-note.js';
import { ListCreditNotesHandler } from './application/list-credit-notes.js';
import { ListOrdersHandler } from './application/list-orders.js';
import { PlaceDraftHandler } from './application/place-draft.js';
import { PlaceOrderHandler } from './application/place-order.js';
import { RemoveOrderLineHandler } from './application/remove-order-line.js';
import { SetOrderAddressHandler } from './application/set-order-address.js';
import { ShipOrderHandler } from './application/ship-order.js';

@Module({
  imports: [CqrsModule],
  controllers: [OrderCommandsController, OrderLinesController, CreditNoteCommandsController],
  providers: [
    DraftOrderHandler,
    PlaceOrderHandler,
    PlaceDraftHandler,
    AddOrderLineHandler,
    ChangeOrderLineHandler,
    RemoveOrderLineHandler,
    SetOrderAddressHandler,
    ConfirmOrderHandler,
    ShipOrderHandler,
    DeliverOrderHandler,
    CancelOrderHandler,
    IssueCreditNoteHandler,
  ],
})
export class OrderingCommandModule {}

@Module({
  imports: [CqrsModule],
  controllers: [OrderQueriesController, CreditNoteQueriesController, SalesQueriesController],
  providers: [
    GetOrderHandler,
    ListOrdersHandler,
    GetCreditNoteHandler,
    ListCreditNotesHandler,
    GetCustomerTotalsHandler,
    GetProductSalesHandler,
    GetSalesReportHandler,
  ],
})
export class OrderingQueryModule {}
