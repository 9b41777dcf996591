import {
  createHmac,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  verify as verifySignature,
} from "node:crypto";

export type KeyKind = "HMAC" | "RSA" | "ED25519";

export interface ApiKey {
  readonly key: string;
  readonly kind: KeyKind;
  /** Whose orders and balances it opens; several keys may open one. */
  readonly account: string;
  readonly canTrade: boolean;
  /** Whether `signature` is this key's of `payload`: hex for HMAC, base64 for the others. */
  verifies(payload: string, signature: string): boolean;
}

export interface NewKey {
  readonly key: string;
  /** Of an HMAC key. */
  readonly secret?: string | undefined;
  /** Of an RSA or Ed25519 key, as PEM. */
  readonly publicKey?: string | undefined;
  /** @default "main" */
  readonly account?: string | undefined;
  /** @default true */
  readonly canTrade?: boolean | undefined;
}

/** The keys that the venue knows, by their public name. */
export class KeyRing {
  readonly #keys = new Map<string, ApiKey>();

  /** @throws Error for a public key that is neither RSA nor Ed25519 */
  add({ key, secret, publicKey, account = "main", canTrade = true }: NewKey): ApiKey {
    const made = publicKey === undefined ? secretKey(secret ?? "") : publicKeyOf(createPublicKey(publicKey));
    const entry = { key, account, canTrade, ...made };
    this.#keys.set(key, entry);
    return entry;
  }

  find(key: string): ApiKey | undefined {
    return this.#keys.get(key);
  }

  get all(): readonly ApiKey[] {
    return [...this.#keys.values()];
  }
}

type Verifier = Pick<ApiKey, "kind" | "verifies">;

function secretKey(secret: string): Verifier {
  return {
    kind: "HMAC",
    verifies(payload, signature) {
      const expected = createHmac("sha256", secret).update(payload).digest("hex");
      const found = signature.toLowerCase();
      return found.length === expected.length && timingSafeEqual(Buffer.from(found), Buffer.from(expected));
    },
  };
}

function publicKeyOf(key: KeyObject): Verifier {
  const type = key.asymmetricKeyType;
  if (type !== "rsa" && type !== "ed25519") {
    throw new Error(`expected a public key of type rsa or ed25519, found ${type}`);
  }
  // PKCS#1 v1.5 with SHA-256; Ed25519 has its own digest.
  const digest = type === "rsa" ? "sha256" : null;
  return {
    kind: type === "rsa" ? "RSA" : "ED25519",
    verifies: (payload, signature) =>
      verifySignature(digest, Buffer.from(payload), key, Buffer.from(signature, "base64")),
  };
}
