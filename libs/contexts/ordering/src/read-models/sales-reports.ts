import { salesBy } from './sales-by.js';

export const salesByDay = salesBy('sales-by-day', ({ day }) => day);
export const salesByMonth = salesBy('sales-by-month', ({ day }) => day.slice(0, 7));
export const salesByCountry = salesBy('sales-by-country', ({ country }) => country);
export const customerTotals = salesBy('customer-totals', ({ customerId }) => customerId);
