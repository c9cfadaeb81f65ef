import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { MongoError } from '../errors.js';

const ITERATIONS = 15_000;

/** The one user, as SCRAM-SHA-256 keeps it (RFC 5802, RFC 7677): the password itself is nowhere. */
export interface ScramUser {
  readonly name: string;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export function scramUser(name: string, password: string): ScramUser {
  const salt = randomBytes(28);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
  return { name, salt, storedKey, serverKey: hmac(salted, 'Server Key') };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function authenticationFailed(): MongoError {
  return new MongoError(18, 'Authentication failed.');
}

/** One log-in under way on a connection: two messages of the client, two answers, and an empty one where it insists. */
export class ScramConversation {
  private readonly nonce: string;
  private readonly clientFirst: string;
  private readonly serverFirst: string;
  private proven = false;

  /** @param message the client's first one, `n,,n=<user>,r=<nonce>`. @throws MongoError 18 */
  constructor(
    private readonly user: ScramUser,
    message: string,
    private readonly skipsEmptyExchange: boolean,
  ) {
    const parts = /^n,,(n=([^,]*),r=([^,]+))$/.exec(message);
    const name = parts?.[2]?.replaceAll('=2C', ',').replaceAll('=3D', '=');
    if (!parts || name !== user.name) throw authenticationFailed();
    this.clientFirst = parts[1]!;
    this.nonce = parts[3]! + randomBytes(24).toString('base64');
    this.serverFirst = `r=${this.nonce},s=${user.salt.toString('base64')},i=${ITERATIONS}`;
  }

  /** The answer to the first message. */
  get challenge(): string {
    return this.serverFirst;
  }

  /** The answer to a later message; `done` when the client has proved that it knows the password. @throws MongoError 18 */
  answer(message: string): { payload: string; done: boolean } {
    if (this.proven) return { payload: '', done: true };
    const parts = /^(c=biws,r=([^,]+)),p=([A-Za-z0-9+/=]+)$/.exec(message);
    if (!parts || parts[2] !== this.nonce) throw authenticationFailed();
    const signed = `${this.clientFirst},${this.serverFirst},${parts[1]}`;
    const signature = hmac(this.user.storedKey, signed);
    const proof = Buffer.from(parts[3]!, 'base64');
    if (proof.length !== signature.length) throw authenticationFailed();
    const clientKey = Buffer.from(proof.map((byte, i) => byte ^ signature[i]!));
    const storedKey = createHash('sha256').update(clientKey).digest();
    if (!timingSafeEqual(storedKey, this.user.storedKey)) throw authenticationFailed();
    this.proven = true;
    return {
      payload: `v=${hmac(this.user.serverKey, signed).toString('base64')}`,
      done: this.skipsEmptyExchange,
    };
  }
}
