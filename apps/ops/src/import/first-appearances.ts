import { registerCustomer, registerProduct, type Send } from './commands.js';
import type { Row } from './row.js';

/** Finds the customers and products that a row names for the first time. Memory grows with how many there are. */
export class FirstAppearances {
  readonly #customers = new Set<string>();
  readonly #products = new Set<string>();
  /** Products whose rows had no description so far, by code: the first row of each. */
  readonly #nameless = new Map<string, Row>();

  get counts(): { readonly customers: number; readonly products: number } {
    return { customers: this.#customers.size, products: this.#products.size };
  }

  /** The registrations that this row brings about. */
  in(row: Row): Send[] {
    return [...this.#customer(row), ...this.#product(row)];
  }

  /** Products that never got a description are named by their code. */
  end(): Send[] {
    return [...this.#nameless].map(([code, first]) => registerProduct(code, first));
  }

  #customer(row: Row): Send[] {
    const { customerId } = row;
    if (customerId === undefined || this.#customers.has(customerId)) return [];
    this.#customers.add(customerId);
    return [registerCustomer(customerId, row)];
  }

  /** The price is that of the first row, the name the first that is not empty. */
  #product(row: Row): Send[] {
    const { stockCode, description } = row;
    const first = this.#nameless.get(stockCode);
    if (this.#products.has(stockCode) && !first) return [];
    this.#products.add(stockCode);
    if (description === '') {
      if (!first) this.#nameless.set(stockCode, row);
      return [];
    }
    this.#nameless.delete(stockCode);
    return [registerProduct(description, first ?? row)];
  }
}
