import type { RawAnswers } from "~/forms/report";
import { withActor } from "~db/with-actor.server";
import { pauseClock } from "~server/clocks/pause-clock.server";
import { startClock } from "~server/clocks/start-clock.server";
import { mergeDossiers } from "~server/dossiers/merge-dossiers.server";
import { unmergeDossiers } from "~server/dossiers/unmerge-dossiers.server";
import { assignLead } from "~server/triage/assign-lead.server";
import { sendToDossier, settleLead } from "~tests/factories/dossier-desk";
import { makePerson } from "~tests/factories/make-lead";
import type { TestDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

type Stage = "new" | "triage" | "dispatched" | "investigating";
export type MergeDesk = Awaited<ReturnType<typeof openMergeDesk>>;

/** People and short ways to merge dossiers and to part them again. */
export async function openMergeDesk(test: TestDatabase) {
  const portal = testPortal(test.db);
  await installTestPack(portal);
  const triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  const officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);

  const one = async <T>(text: string, values: unknown[] = []): Promise<T> =>
    (await test.owner.query(text, values)).rows[0] as T;
  const versionOf = async (dossierId: string) =>
    (await one<{ version: number }>("select version from dossiers where id = $1", [dossierId])).version;

  return {
    portal,
    triage,
    officer,
    one,
    versionOf,
    send: (over: RawAnswers) => sendToDossier(portal, test.owner, over),
    settle: (leadId: string, stage: Stage, major: boolean) =>
      settleLead(test.owner, { leadId, stage, major }, officer),
    merge: async (keptId: string, mergedId: string, actor = triage): Promise<{ mergeId: string }> => {
      const input = {
        ...{ keptId, mergedId, reason: "法定代表人和网址相同", at: portal.clock.now() },
        keptVersion: await versionOf(keptId),
        mergedVersion: await versionOf(mergedId),
      };
      return mergeDossiers(portal.db, portal.pack.pack, input, actor);
    },
    part: (mergeId: string, actor = triage) =>
      unmergeDossiers(
        portal.db,
        portal.pack.pack,
        { mergeId, reason: "经核实并非同一主体", at: portal.clock.now() },
        actor,
      ),
    /** A dispatched lead's clocks, and an officer of the body on it; stopped or not. */
    run: async (leadId: string, stopped: boolean): Promise<void> => {
      const at = portal.clock.now();
      await withActor(portal.db, triage, async (tx) => {
        await startClock(tx, { leadId, kind: "accept", limit: { days: 15, kind: "working" }, at }, triage);
        await startClock(tx, { leadId, kind: "handle", limit: { days: 60, kind: "calendar" }, at }, triage);
        if (stopped) await pauseClock(tx, { leadId, cause: "other", reason: "等待鉴定", at }, triage);
      });
      await assignLead(portal.db, { leadId, version: null, to: "me", at }, officer);
    },
  };
}
