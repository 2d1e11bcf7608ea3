import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { schemeProposals } from "~db/schema/scheme-versions";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { checkAdministrator } from "~server/staff-auth/check-administrator.server";
import type { LoadedScheme } from "./load-scheme.server";
import {
  saySchemeRefusals,
  schemeLine,
  schemeOrder,
  schemeSame,
  schemeVersionUsed,
} from "./scheme-refusals.server";

/**
 * Brings an uploaded scheme, checked, before the administrators: it waits to be asked for, and nothing changes yet. One
 * that could never take effect is refused at once. Administrators only (404 otherwise); throws `scheme_same`,
 * `scheme_version_used`, `scheme_order`, `scheme_line`, `scheme_waiting` (409).
 */
export async function bringScheme(
  db: Database,
  input: LoadedScheme & { readonly at: Date },
  actor: StaffActor,
): Promise<{ proposalId: string }> {
  const { scheme } = input;
  const work = withActor(db, actor, async (tx) => {
    await checkAdministrator(tx, actor);
    await checkPlace(tx, input);
    const proposalId = uuidv7();
    await tx.insert(schemeProposals).values({
      ...rowOf(input),
      ...{ id: proposalId, source: "upload", broughtBy: actor.id, broughtAt: input.at },
    });
    await recordEvent(tx, { ...told("scheme.brought", proposalId, scheme), at: input.at }, actor);
    return { proposalId };
  });
  return saySchemeRefusals(scheme.version, work);
}

/** What the database would refuse in the end is told at the upload. */
async function checkPlace(tx: Tx, { scheme, sha256 }: LoadedScheme): Promise<void> {
  const line = scheme.line ?? scheme.id;
  const held = await tx.select().from(schemes);
  const own = held.filter(({ schemeId }) => schemeId === scheme.id);
  const same = own.find(({ version }) => version === scheme.version);
  if (same?.sha256 === sha256) throw schemeSame();
  if (same !== undefined) throw schemeVersionUsed(scheme.version);
  if (own.some((each) => each.line !== line)) throw schemeLine();
  const { from } = scheme.effective;
  const before = held.filter((each) => each.line === line);
  if (before.some((each) => from <= each.effectiveFrom || from <= (each.effectiveTo ?? ""))) {
    throw schemeOrder();
  }
}

const STARTER = systemActor("start");

/** A start found a version in the release that is not stored: brought once, unless one of its line waits. */
export async function bringFromRelease(tx: Tx, loaded: LoadedScheme, at: Date): Promise<void> {
  const { scheme, sha256 } = loaded;
  const [known] = await tx
    .select({ id: schemeProposals.id })
    .from(schemeProposals)
    .where(and(eq(schemeProposals.schemeId, scheme.id), eq(schemeProposals.sha256, sha256)))
    .limit(1);
  const [waiting] = await tx
    .select({ id: schemeProposals.id })
    .from(schemeProposals)
    .where(and(eq(schemeProposals.line, scheme.line ?? scheme.id), isNull(schemeProposals.outcome)))
    .limit(1);
  if (known !== undefined || waiting !== undefined) return;
  const id = uuidv7();
  await tx.insert(schemeProposals).values({ ...rowOf(loaded), ...{ id, source: "release", broughtAt: at } });
  await recordEvent(tx, { ...told("scheme.found", id, scheme), at }, STARTER);
}

function rowOf({ scheme, sha256 }: LoadedScheme) {
  return {
    schemeId: scheme.id,
    version: scheme.version,
    line: scheme.line ?? scheme.id,
    sha256,
    content: scheme,
    effectiveFrom: scheme.effective.from,
  };
}

/** An act on a proposal as the trail tells it. */
export function told(action: string, proposalId: string, scheme: { id: string; version: string }) {
  return {
    action,
    subjectTable: "scheme_proposals",
    subjectId: proposalId,
    data: { schemeId: scheme.id, schemeVersion: scheme.version },
  };
}
