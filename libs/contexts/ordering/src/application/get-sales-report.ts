import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import type { SalesDocument } from '../read-models/sales-by.js';
import { salesByCountry, salesByDay, salesByMonth } from '../read-models/sales-reports.js';

const REPORTS = { day: salesByDay, month: salesByMonth, country: salesByCountry } as const;

export interface SalesReportFilter {
  readonly by: keyof typeof REPORTS;
  /** First day, month or country, inclusive. */
  readonly from?: string | undefined;
  /** End, exclusive. */
  readonly to?: string | undefined;
  readonly currency?: string | undefined;
  readonly limit: number;
  /** The `_id` of the last row of the page before. */
  readonly after?: string | undefined;
}

/** Up to `limit` rows in order of day, month or country, then currency, and whether there are more. */
export class GetSalesReport extends Query<{ rows: Stored<SalesDocument>[]; more: boolean }> {
  constructor(readonly filter: SalesReportFilter) {
    super();
  }
}

@QueryHandler(GetSalesReport)
export class GetSalesReportHandler implements IQueryHandler<GetSalesReport> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ filter }: GetSalesReport) {
    const found = (await this.cursor(filter).toArray()) as Stored<SalesDocument>[];
    return { rows: found.slice(0, filter.limit), more: found.length > filter.limit };
  }

  /** Rows are keyed by day, month or country first, so that `_id` is both the range and the order. */
  cursor({ by, from, to, currency, limit, after }: SalesReportFilter) {
    const key = {
      ...(after !== undefined ? { $gt: after } : from !== undefined && { $gte: from }),
      ...(to !== undefined && { $lt: to }),
    };
    const selection = {
      ...(Object.keys(key).length > 0 && { _id: key }),
      ...(currency !== undefined && { currency }),
    };
    return this.readModels
      .collection(REPORTS[by])
      .find(selection)
      .sort({ _id: 1 })
      .limit(limit + 1);
  }
}
