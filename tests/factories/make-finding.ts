import { randomBytes } from "node:crypto";
import { v4 as uuidv4, v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { tips } from "~db/schema/intake";
import { dossiers, leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { installSchemes } from "~server/start/install-pack.server";
import { makeStaff, type TestPerson } from "./make-staff";

export type TestFinding = {
  readonly leadId: string;
  readonly findingId: string;
  /** In the order they arrived. */
  readonly tipIds: readonly string[];
  readonly recorder: TestPerson;
  readonly verifier: TestPerson;
};

/** A lead with tips whose reporters ask for a reward, and its finding; the shipped schemes are stored. */
export async function makeFinding(
  db: Database,
  options: {
    tips?: number;
    illegalAmountFen?: bigint | null;
    penaltyFen?: bigint | null;
    status?: "recorded" | "verified";
    isFinal?: boolean;
    mode?: "anonymous" | "named";
    wantsReward?: boolean;
  } = {},
): Promise<TestFinding> {
  await withActor(db, systemActor("test"), (tx) => installSchemes(tx));
  const recorder = await makeStaff(db, ["agency_officer"]);
  const verifier = await makeStaff(db, ["agency_verifier"]);
  const dossierId = uuidv7();
  const leadId = uuidv7();
  await db.orm
    .insert(dossiers)
    .values({ id: dossierId, packId: "t", name: "某某理财平台", openedOn: "2026-01-05" });
  await db.orm.insert(leads).values({
    id: leadId,
    packId: "t",
    dossierId,
    name: "某某理财平台",
    stage: "determined",
    openedOn: "2026-01-05",
  });
  const tipIds: string[] = [];
  for (let at = 0; at < (options.tips ?? 1); at += 1) {
    const id = uuidv4();
    tipIds.push(id);
    await db.orm.insert(tips).values({
      id,
      lookupId: randomBytes(32),
      packId: "t",
      packVersion: "1",
      channel: "web",
      language: "zh-CN",
      mode: options.mode ?? "anonymous",
      subjectKind: "platform",
      subjectName: "某某理财平台",
      sector: "p2p",
      redLines: [],
      wantsReward: options.wantsReward ?? true,
      arrivedOn: "2026-01-05",
      leadId,
    });
  }
  const findingId = uuidv7();
  const status = options.status ?? "verified";
  await db.orm.insert(findings).values({
    id: findingId,
    leadId,
    version: 1,
    status,
    entityClass: "ban",
    illegalAmountFen: options.illegalAmountFen === undefined ? 9_999_000_000n : options.illegalAmountFen,
    penaltyFen: options.penaltyFen ?? null,
    decisionNumber: "金整办决〔2026〕7号",
    decidedOn: "2026-03-01",
    isFinal: options.isFinal ?? true,
    recordedBy: recorder.actor.id,
    verifiedBy: status === "verified" ? verifier.actor.id : null,
    verifiedAt: status === "verified" ? new Date("2026-03-02T00:00:00Z") : null,
  });
  return { leadId, findingId, tipIds, recorder, verifier };
}
