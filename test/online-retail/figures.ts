/**
 * What the Online Retail data comes to, profile "orders of known customers": computed from the file by SQL and by
 * another program that shares no code with it or with Tidemark. Amounts in thousandths of a pound.
 */
export const SALES = {
  orders: 18_532,
  lines: 397_884,
  units: 5_167_812,
  thousandths: 8_911_407_904,
  customers: 4_338,
  products: 3_665,
};
export const CREDITS = {
  creditNotes: 3_654,
  lines: 8_905,
  units: 274_808,
  thousandths: 611_342_090,
  customers: 1_589,
  products: 1_920,
};
/** With and without credit notes: 33 customers have cancellations only. */
export const CUSTOMERS = 4_371;
export const NET_THOUSANDTHS = 8_300_065_814;
export const ROWS = 541_909;
export const OUTSIDE = {
  'sale-unknown-customer': 132_219,
  'cancel-unknown-customer': 383,
  free: 1_179,
  'stock-adjust': 1_336,
  adjust: 3,
};

/** SHA-256 over a line per key, `key,orders,lines,units,thousandths`, sorted by byte value, each ended by LF. */
export const DIGESTS = {
  customer: { keys: 4_338, sha256: 'ab7e9aebe2ecb661777df9a4003da432edd44560448d319cd9224929e3bf6963' },
  country: { keys: 37, sha256: '59fec784eb28125b605669397118858d18feef834c7c6981bb49bdde64782892' },
  month: { keys: 13, sha256: '300497577f0bac96cc3bf8a6a4cb7f0a23b5b70be5ca4b35697812856a9fe724' },
  day: { keys: 305, sha256: '2009465aadf34f10905e11120717d6f17e5f6f081d3c254d7ee14a3fb9241587' },
  product: { keys: 3_665, sha256: 'd43f6e2214c86af777a4b4fa9b96f04e08d463264164f4b5affb224510eebcf8' },
};
