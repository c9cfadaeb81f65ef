import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { decodeCursor, encodeCursor, page, ReadsFrom } from '#libs/platform/http';
import { GetCustomerTotals } from '../../application/get-customer-totals.js';
import { GetProductSales } from '../../application/get-product-sales.js';
import { GetSalesReport, type SalesReportFilter } from '../../application/get-sales-report.js';
import { productSales } from '../../read-models/product-sales.js';
import { customerTotals, salesByCountry, salesByDay, salesByMonth } from '../../read-models/sales-reports.js';
import { customerTotalsExample, productSalesExample, reportExample } from './examples.js';
import { QueryOperation } from './operations.js';
import {
  CustomerParams,
  ProductParams,
  SalesByCountryQuery,
  SalesByDayQuery,
  SalesByMonthQuery,
} from './order-query-dto.js';
import { productSalesView, salesView } from './sales-view.js';

const COUNTING =
  'An order counts from placing, on the day it was placed (UTC). A cancellation takes it off that day and shows it ' +
  'under `cancelled`; credit notes stand apart, by their own date. `total` is `goods` and `charges` together.';

type ReportQuery = SalesByDayQuery | SalesByMonthQuery | SalesByCountryQuery;

@ApiTags('sales')
@Controller()
export class SalesQueriesController {
  constructor(private readonly queries: QueryBus) {}

  /** A customer without an order has no figures; that there is such a customer is not known here. */
  @Get('customers/:customerId/totals')
  @QueryOperation({
    summary: 'What a customer bought, cancelled and was credited, per currency',
    params: { customerId: '17850' },
    example: customerTotalsExample,
  })
  @ReadsFrom(customerTotals)
  async customer(@Param() { customerId }: CustomerParams) {
    const totals = await this.queries.execute(new GetCustomerTotals(customerId));
    return { customerId, currencies: totals.map(salesView) };
  }

  /** A product that was never ordered has no figures; that there is such a product is not known here. */
  @Get('products/:productCode/sales')
  @QueryOperation({
    summary: 'What was sold of a product, cancelled and credited, per currency',
    description: 'Goods only: the charges of an order are not spread over its products.',
    params: { productCode: '85123A' },
    example: productSalesExample,
  })
  @ReadsFrom(productSales)
  async product(@Param() { productCode }: ProductParams) {
    const sales = await this.queries.execute(new GetProductSales(productCode));
    return { productCode, currencies: sales.map(productSalesView) };
  }

  @Get('reports/sales-by-day')
  @QueryOperation({
    summary: 'Sales by day, per currency',
    description: COUNTING,
    example: reportExample('day', '2026-03-01'),
  })
  @ReadsFrom(salesByDay)
  byDay(@Query() query: SalesByDayQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('day', query, reply);
  }

  @Get('reports/sales-by-month')
  @QueryOperation({
    summary: 'Sales by month, per currency',
    description: COUNTING,
    example: reportExample('month', '2026-03'),
  })
  @ReadsFrom(salesByMonth)
  byMonth(@Query() query: SalesByMonthQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('month', query, reply);
  }

  @Get('reports/sales-by-country')
  @QueryOperation({
    summary: 'Sales by country, per currency',
    description: COUNTING,
    example: reportExample('country', 'United Kingdom'),
  })
  @ReadsFrom(salesByCountry)
  byCountry(@Query() query: SalesByCountryQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('country', query, reply);
  }

  private async report(by: SalesReportFilter['by'], query: ReportQuery, reply: FastifyReply) {
    const { limit = 100, after: cursor, ...filter } = query;
    const order = `sales by ${by}`;
    const [after] = decodeCursor(cursor, order, ['string']) ?? [];
    const { rows, more } = await this.queries.execute(new GetSalesReport({ ...filter, by, limit, after }));
    const last = rows.at(-1);
    return page(reply, {
      items: rows.map((row) => ({ [by]: row.of, ...salesView(row) })),
      next: more && last ? encodeCursor(order, [last._id]) : undefined,
    });
  }
}
