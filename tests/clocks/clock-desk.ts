import { randomBytes } from "node:crypto";
import { v4 as uuidv4 } from "uuid";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { pauseClock } from "~server/clocks/pause-clock.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import type { TestDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

/** A Monday; 10:00 in China. */
export const NOW = "2026-03-02T02:00:00Z";

export type ClockDesk = {
  readonly test: TestDatabase;
  readonly portal: TestPortal;
  /** As the server connects: for nobody until a transaction says. */
  readonly plain: Database;
  readonly triage: StaffActor;
  readonly officer: StaffActor;
  readonly colleague: StaffActor;
  readonly verifier: StaffActor;
  readonly stranger: StaffActor;
  readonly administrator: StaffActor;
  readonly auditor: StaffActor;
};

export async function openClockDesk(test: TestDatabase): Promise<ClockDesk> {
  const portal = testPortal(test.db, NOW);
  await installTestPack(portal);
  return {
    test,
    portal,
    plain: openDatabase(test.applicationUrl, { max: 8 }),
    triage: await makePerson(portal, "leading-office", ["triage_officer"]),
    officer: await makePerson(portal, "banking-regulation", ["agency_officer"]),
    colleague: await makePerson(portal, "banking-regulation", ["agency_officer"]),
    verifier: await makePerson(portal, "banking-regulation", ["agency_verifier"]),
    stranger: await makePerson(portal, "market-regulation", ["agency_officer"]),
    administrator: await makePerson(portal, "leading-office", ["administrator"]),
    auditor: await makePerson(portal, "finance", ["auditor"]),
  };
}

/** A report whose lead the bank's regulator leads now. */
export async function dispatchedLead(
  desk: ClockDesk,
  over: { site?: string } = {},
): Promise<{ leadId: string; tipId: string }> {
  const sent = await sendReport(
    desk.portal,
    over.site === undefined ? {} : { subject: { subjectKind: "site", name: "某某理财", sites: over.site } },
  );
  await dispatchNow(desk, sent.leadId);
  return sent;
}

export async function dispatchNow({ portal, plain, triage }: ClockDesk, leadId: string): Promise<void> {
  const { version } = await leadRow(portal, leadId);
  const facts = { suspectedCrime: false, petition: false, nested: false };
  const input = { leadId, version, sector: "p2p", triage: facts, insteadLeadBy: null, reason: null };
  await dispatchLead(plain, portal.pack, { ...input, at: portal.clock.now() }, triage);
}

/** A message of a thread, straight into the table; the sealed parts are of the right length. */
export async function putMessage(
  { test, portal }: ClockDesk,
  tipId: string,
  from: StaffActor | null,
): Promise<string> {
  const id = uuidv4();
  const [direction, kind] = from === null ? ["in", "text"] : ["out", "question"];
  await test.owner.query(
    `insert into tip_messages (id, tip_id, direction, kind, written_by, agency_id, written_on, suite, body,
       content_enc, content_body, reply_enc, reply_body)
     values ($1, $2, $3, $4, $5, $6, $7, 's', '\\x00', $8, $9, $8, $9)`,
    [
      ...[id, tipId, direction, kind, from?.id ?? null, from?.agencyId ?? null],
      ...[chinaDay(portal.clock.now()), randomBytes(32), randomBytes(48)],
    ],
  );
  return id;
}

/** The body asks a reporter, and its clocks stand still. */
export async function askReporter(desk: ClockDesk, of: { leadId: string; tipId: string }) {
  const { officer, plain, portal } = desk;
  const messageId = await putMessage(desk, of.tipId, officer);
  const input = { leadId: of.leadId, cause: "reporter", messageId, at: portal.clock.now() } as const;
  return withActor(plain, officer, (tx) => pauseClock(tx, input, officer));
}
