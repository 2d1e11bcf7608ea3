import { createHash } from "node:crypto";
import { canonicalJson } from "~server/canonical-json";
import { findAssertionFault, type StoredAssertion } from "~server/signatures/find-assertion-fault";
import { writeSignedWords } from "~server/signatures/write-signed-words";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

type Batch = {
  readonly id: string;
  readonly year: number;
  readonly no: number;
  readonly fundId: string;
  readonly cashierId: string;
  readonly preparedBy: string;
  readonly status: string;
  readonly body: string;
  readonly hash: Buffer;
  /** `[line, award, code name, 分, reference]` in the order of the list. */
  readonly lines: readonly (readonly [string, string, string, string, string])[];
};

type Release = StoredAssertion & {
  readonly id: string;
  readonly position: number;
  readonly actorId: string;
  readonly roleGrantId: string;
  readonly snapshot: { readonly id?: string; readonly staffId?: string; readonly role?: string };
  readonly nonce: string;
  readonly previousHash: Buffer | null;
  readonly signedBody: string;
  readonly signedAt: Date;
  readonly keyStaff: string;
  readonly keyBytes: Buffer;
  readonly grantStaff: string;
  readonly grantRole: string;
  readonly grantRevokedAt: Date | null;
};

const BATCHES = `select b.id, b.year, b.no, b.fund_id as "fundId", b.cashier_id as "cashierId", b.prepared_by as "preparedBy",
    b.status, b.body, b.hash, (select coalesce(json_agg(json_build_array(l.id, l.award_id, l.code_name, l.amount_fen::text,
      l.reference) order by l.position), '[]') from payout_lines l where l.batch_id = b.id) as lines
  from payout_batches b where b.id > $1::uuid order by b.id`;

const RELEASES = `select r.id, r.position, r.actor_id as "actorId", r.role_grant_id as "roleGrantId",
    r.role_grant_snapshot as snapshot, r.nonce, r.previous_hash as "previousHash", r.signed_body as "signedBody", r.hash,
    r.signed_at as "signedAt", r.credential_id as "credentialId", r.public_key as "publicKey",
    r.authenticator_data as "authenticatorData", r.client_data_json as "clientDataJson", r.signature, r.rp_id as "rpId",
    r.origin, k.staff_id as "keyStaff", k.public_key as "keyBytes", g.staff_id as "grantStaff", g.role as "grantRole",
    g.revoked_at as "grantRevokedAt"
  from batch_releases r join passkeys k on k.id = r.passkey_id join staff_roles g on g.id = r.role_grant_id
 where r.batch_id = $1 order by r.position`;

const MAY_RELEASE = ["finance_reviewer", "finance_approver"];

/**
 * Invariants 10 and 15 for payout batches, from stored data alone: the frozen list has its hash and says what its lines
 * say; it went to the bank under two signatures over that hash, of two people who neither prepared nor paid it, one of
 * them an approver.
 */
export async function verifyBatches(read: ReadRows, findings: Findings): Promise<void> {
  for await (const batch of readPages<Batch>(read, BATCHES, [FIRST_ID], ({ id }) => [id])) {
    findings.count("batches");
    const said = (rule: string, detail: string) => findings.fault(rule, "payout_batches", batch.id, detail);
    if (!sha256(batch.body).equals(batch.hash))
      said("15 a batch has the hash of its list", batch.hash.toString("hex"));
    if (batch.body !== wordsOf(batch)) said("15 the frozen list says what its lines say", nameOf(batch));
    const releases = await read<Release>(RELEASES, [batch.id]);
    const isOut = batch.status === "released" || batch.status === "sent";
    if (isOut && releases.length !== 2) said("15 two people release a batch", String(releases.length));
    if (isOut && !releases.some(({ snapshot }) => snapshot.role === "finance_approver"))
      said("15 one who releases a batch is an approver", nameOf(batch));
    await checkReleases(batch, releases, findings);
  }
}

async function checkReleases(batch: Batch, releases: readonly Release[], findings: Findings): Promise<void> {
  let last: Release | null = null;
  const people = new Set([batch.preparedBy, batch.cashierId]);
  for (const [at, release] of releases.entries()) {
    findings.count("releases");
    const said = (rule: string, detail: string) => findings.fault(rule, "batch_releases", release.id, detail);
    if (release.position !== at + 1 || !sameHash(release.previousHash, last?.hash ?? null))
      said("10 a release names the one before it", String(release.position));
    const words = writeSignedWords({
      action: "release",
      subject: { name: "batchHash", hash: batch.hash },
      previousHash: last?.hash ?? null,
      actorId: release.actorId,
      nonce: release.nonce,
    });
    if (words.signedBody !== release.signedBody)
      said("10 the signed words are those of the release", release.signedBody);
    if (!sha256(release.signedBody).equals(release.hash))
      said("10 a release has the hash of its words", release.hash.toString("hex"));
    const fault = await findAssertionFault(release);
    if (fault !== null) said("10 a release's signature verifies", fault);
    if (release.keyStaff !== release.actorId || !release.keyBytes.equals(release.publicKey))
      said("10 a release is signed with its actor's passkey", release.credentialId);
    if (people.has(release.actorId))
      said("15 who releases a batch neither prepared, paid nor released it before", release.actorId);
    if (!holdsGrant(release)) said("15 a release is made under a live grant", release.roleGrantId);
    people.add(release.actorId);
    last = release;
  }
}

function holdsGrant(release: Release): boolean {
  const { snapshot, actorId, grantRole } = release;
  return (
    MAY_RELEASE.includes(grantRole) &&
    release.grantStaff === actorId &&
    (release.grantRevokedAt === null || release.grantRevokedAt >= release.signedAt) &&
    snapshot.id === release.roleGrantId &&
    snapshot.staffId === actorId &&
    snapshot.role === grantRole
  );
}

function nameOf({ year, no }: Batch): string {
  return `PB${String(year)}-${String(no).padStart(4, "0")}`;
}

/** The list as it is frozen (payout_batch_words in the database), written anew from the rows. */
function wordsOf(batch: Batch): string {
  return canonicalJson({
    batch: nameOf(batch),
    cashier: batch.cashierId,
    currency: "CNY",
    fund: batch.fundId,
    lines: batch.lines.map(([line, award, codeName, amount, reference]) => ({
      ...{ amount, award, codeName, line, reference },
    })),
    preparedBy: batch.preparedBy,
    total: batch.lines.reduce((sum, [, , , amount]) => sum + BigInt(amount), 0n).toString(),
  });
}

function sameHash(one: Buffer | null, other: Buffer | null): boolean {
  return (one?.toString("hex") ?? null) === (other?.toString("hex") ?? null);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
