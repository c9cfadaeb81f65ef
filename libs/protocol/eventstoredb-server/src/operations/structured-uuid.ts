import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import { shared } from '../generated-codecs.js';

/** A UUID as two 64-bit halves: asked for by other clients than the one this node is made for. */
export function structuredUuid(text: string): sharedPb.UUID {
  const hex = text.replaceAll('-', '');
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`)).toString());
  halves.setLeastSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(16)}`)).toString());
  const id = new shared.UUID();
  id.setStructured(halves);
  return id;
}

/** The text of a UUID in either form, lower case with dashes. */
export function uuidText(id: sharedPb.UUID): string {
  const halves = id.getStructured();
  if (halves === undefined) return id.getString().toLowerCase();
  const bits = (half: string) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0');
  const hex = bits(halves.getMostSignificantBits()) + bits(halves.getLeastSignificantBits());
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
