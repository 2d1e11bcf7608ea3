import { createHash, createPublicKey } from "node:crypto";
import { cose, decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { z } from "zod";
import { checkApprovals, checkComplete, type ApprovalFault, type SignedStep } from "./check-approvals";

const bytes = z.base64url().transform((text) => Buffer.from(text, "base64url"));
const instant = z.iso.datetime().transform((text) => new Date(text));
const hex = z.string().regex(/^[0-9a-f]{64}$/);

const stepSchema = z.strictObject({
  id: z.uuid(),
  table: z.enum(["approval_steps", "countersignatures"]),
  position: z.int().min(1).max(3).nullable(),
  action: z.enum(["prepare", "review", "countersign", "approve", "reject"]),
  actorId: z.uuid(),
  roleGrantId: z.uuid(),
  snapshot: z.looseObject({
    id: z.string().optional(),
    staffId: z.string().optional(),
    role: z.string().optional(),
    limitFen: z.string().optional(),
    delegation: z.object({ id: z.string().optional(), body: z.string().optional() }).optional(),
  }),
  delegationId: z.uuid().nullable(),
  credentialId: z.string(),
  /** The credential's public key as it was: COSE, and the same in PEM for ordinary tools (null where none fits). */
  publicKey: bytes,
  publicKeyPem: z.string().nullable(),
  nonce: z.string(),
  previousHash: hex.nullable().transform((text) => (text === null ? null : Buffer.from(text, "hex"))),
  signedBody: z.string(),
  hash: hex.transform((text) => Buffer.from(text, "hex")),
  authenticatorData: bytes,
  clientDataJson: bytes,
  signature: bytes,
  rpId: z.string(),
  origin: z.string(),
  reason: z.string().nullable(),
  signedAt: instant,
  key: z.strictObject({ staffId: z.uuid(), publicKey: bytes }),
  grant: z.strictObject({ staffId: z.uuid(), role: z.string(), revokedAt: instant.nullable() }),
  delegation: z
    .strictObject({
      ofStaff: z.uuid(),
      deputyId: z.uuid(),
      body: z.string(),
      fromOn: z.iso.date(),
      untilOn: z.iso.date(),
      acceptedAt: instant.nullable(),
      endedAt: instant.nullable(),
    })
    .nullable(),
});

/**
 * The approval of one voucher as a file that verifies without a database: no name, no account, nothing of a report.
 * Bytes are base64url, hashes hex, instants UTC.
 */
export const bundleSchema = z.strictObject({
  kind: z.literal("approval-bundle/1"),
  voucher: z.strictObject({ id: z.uuid(), body: z.string(), hash: hex }),
  /** The award's state when the file was written: it says which acts must be there. */
  status: z.string(),
  foundBy: z.array(z.uuid()),
  computedBy: z.uuid(),
  approvers: z.int().min(1).max(2),
  steps: z.array(stepSchema),
});
export type ApprovalBundle = z.input<typeof bundleSchema>;

/** The site a bundle must come from, as known from elsewhere; null where that is not asked. */
export type KnownSite = { readonly origin: string | null; readonly rpId: string | null };

/** On which sites, and with which keys, a bundle says it was signed. `sha256`: of the key in DER, else in COSE; hex. */
export function readSigners(bundle: z.output<typeof bundleSchema>) {
  return {
    sites: [...new Set(bundle.steps.map(({ origin, rpId }) => `${origin} ${rpId}`))].map((both) => {
      const [origin = "", rpId = ""] = both.split(" ");
      return { origin, rpId };
    }),
    keys: bundle.steps.map(({ action, actorId, credentialId, publicKey }) => ({
      ...{ action, actorId, credentialId },
      sha256: createHash("sha256").update(fingerprinted(publicKey)).digest("hex"),
    })),
  };
}

function fingerprinted(publicKey: Buffer): Buffer {
  const pem = toPem(publicKey);
  return pem === null ? publicKey : createPublicKey(pem).export({ type: "spki", format: "der" });
}

/** Everything wrong with a bundle, by the words of the rule; nothing where it holds. */
export async function verifyBundle(
  bundle: z.output<typeof bundleSchema>,
  site: KnownSite = { origin: null, rpId: null },
): Promise<ApprovalFault[]> {
  const { id, body, hash } = bundle.voucher;
  const told = createHash("sha256").update(body, "utf8").digest();
  const faults: ApprovalFault[] = [];
  if (told.toString("hex") !== hash)
    faults.push({ rule: "10 a voucher has the hash of its words", table: "vouchers", id, detail: hash });
  const steps: SignedStep[] = bundle.steps;
  for (const step of bundle.steps) {
    const rule = "10 a signature was made on the site it is held against";
    if (site.origin !== null && step.origin !== site.origin)
      faults.push({ rule, table: step.table, id: step.id, detail: step.origin });
    if (site.rpId !== null && step.rpId !== site.rpId)
      faults.push({ rule, table: step.table, id: step.id, detail: step.rpId });
    if (step.publicKeyPem !== toPem(step.publicKey)) {
      const rule = "10 a key is the same in both its spellings";
      faults.push({ rule, table: step.table, id: step.id, detail: step.credentialId });
    }
  }
  const { foundBy, computedBy, approvers, status } = bundle;
  const voucher = { id, hash: told, foundBy, computedBy, approvers, steps };
  return [...faults, ...(await checkApprovals(voucher)), ...checkComplete({ ...voucher, status })];
}

/** A COSE key (ES256 or RS256, what passkeys use) in PEM; null for any other. */
export function toPem(publicKey: Buffer): string | null {
  try {
    const key = decodeCredentialPublicKey(new Uint8Array(publicKey));
    const text = (part: Uint8Array | undefined) => Buffer.from(part ?? []).toString("base64url");
    const jwk = cose.isCOSEPublicKeyEC2(key)
      ? {
          kty: "EC",
          crv: "P-256",
          x: text(key.get(cose.COSEKEYS.x)),
          y: text(key.get(cose.COSEKEYS.y)),
        }
      : cose.isCOSEPublicKeyRSA(key)
        ? { kty: "RSA", n: text(key.get(cose.COSEKEYS.n)), e: text(key.get(cose.COSEKEYS.e)) }
        : null;
    if (jwk === null) return null;
    return createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
  } catch {
    return null;
  }
}
