import { eq } from "drizzle-orm";
import { drafts } from "~db/schema/intake";
import type { Portal } from "~server/portal.server";
import { withActor } from "~db/with-actor.server";
import { fixedClock } from "~server/clock";
import { sendDraftFiles, takeDraftFiles } from "~server/evidence/send-files.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { receiveTip } from "~server/intake/receive-tip.server";
import { lostFirstComeRace } from "~server/intake/submit-tip.server";
import { agencyName } from "~server/packs/look-up-pack";
import type { SectorId } from "~server/packs/sector-ids";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import { replyKeyPair } from "~server/secrecy/tip-keys";
import { REPORTER, intakeActor, systemActor } from "~server/staff-auth/actor";
import type { DemoLead, DemoTip } from "./demo-grammar";
import { demoReceipt } from "./demo-receipts.server";
import { demoTipFacts } from "./demo-tip-facts";
import { momentOf, todayOf } from "./demo-time";
import type { DemoData } from "./read-demo-data.server";
import { handOverAll } from "./hand-over-all.server";
import { keepDemoShares } from "./keep-demo-shares.server";
import { playDispute } from "./seed-dispute.server";
import { seedKeys } from "./seed-keys.server";
import { castMember, seedPeople, type Cast } from "./seed-people.server";
import { seedFiles } from "./seed-files.server";
import { playMessage } from "./seed-messages.server";
import { caseLeads, casePlatforms, caseTips } from "./demo-cases";
import { playCases } from "./play-cases.server";
import { openDemoBudget, playReward } from "./seed-rewards.server";
import { gatherTip, playMove, type Stage } from "./seed-story.server";

/** Days within which a report without code or site still waits in 新收 for triage to place it. */
const STILL_LOOSE_DAYS = 2;

type Step = { readonly daysAgo: number; readonly play: () => Promise<void> };

/**
 * Plays the demonstration from its first day to today through the same acts people use, so that everything it leaves
 * (history, decisions, signatures, ledger) is what the portal itself would have written.
 */
export async function loadDemo(portal: Portal, story: DemoData): Promise<void> {
  const data = {
    ...story,
    platforms: [...story.platforms, ...casePlatforms],
    tips: [...story.tips, ...caseTips],
    leads: [...story.leads, ...caseLeads],
  };
  const today = todayOf(portal.clock);
  const { pack } = portal.pack;
  const names = new Map(pack.agencies.map(({ id }) => [`${pack.id}.${id}`, agencyName(pack, id)]));
  const cast = await withActor(portal.db, systemActor("demo-seed"), (tx) =>
    seedPeople(tx, { people: data.people, packId: pack.id, agencyNames: names, at: momentOf(today, 70, 0) }),
  );
  const people = [...cast.values()].map(({ actor }) => actor);
  const recovery = await withActor(portal.db, systemActor("demo-seed"), (tx) =>
    seedKeys(tx, { people, at: momentOf(today, 69, 0) }),
  );
  await keepDemoShares(portal.env.dataDir, recovery);
  const budgetId = await openDemoBudget(portal, cast, momentOf(today, 62, 0));
  const stages = new Map<string, Stage>();
  const tipIds = new Map<string, string>();
  for (const [turn, step] of inOrder(storySteps()).entries()) await step(turn);
  await handOverAll(portal, castMember(cast, "triage-1").actor);

  function storySteps(): (Omit<Step, "play"> & { play: (at: Date) => Promise<void> })[] {
    const reports = data.tips.map((tip) => ({
      daysAgo: tip.daysAgo,
      play: (at: Date) => playTip(portal, tip, { at, today, stages, tipIds, sector: sectorOf(tip) }, cast),
    }));
    const moves = data.leads.flatMap((story) =>
      story.moves.map((move) => ({
        daysAgo: move.daysAgo,
        play: async (at: Date) => playMove(portal, { stage: stageOf(story), story, move, at }, cast),
      })),
    );
    const rewards = data.leads.flatMap((story) =>
      story.reward === undefined
        ? []
        : playReward(portal, { story, stage: () => stageOf(story), tipIds, budgetId, today }, cast),
    );
    const disputes = data.leads.flatMap((story) =>
      playDispute(portal, { story, stage: () => stageOf(story) }, cast),
    );
    const messages = data.leads.flatMap((story) =>
      (story.messages ?? []).map((message) => ({
        daysAgo: message.daysAgo,
        play: async (at: Date) => {
          const tipId = tipIds.get(message.tip);
          if (tipId === undefined) throw new Error(`the story writes to ${message.tip} before it came`);
          await playMessage({ ...portal, clock: fixedClock(at) }, { message, tipId }, cast);
        },
      })),
    );
    const cases = playCases(portal, { stages, tipIds, budgetId }, cast);
    return [...reports, ...moves, ...disputes, ...rewards, ...messages, ...cases];
  }

  function inOrder(steps: ReturnType<typeof storySteps>): ((turn: number) => Promise<void>)[] {
    return [...steps]
      .sort((a, b) => b.daysAgo - a.daysAgo)
      .map((step) => (turn) => step.play(momentOf(today, step.daysAgo, turn)));
  }

  function stageOf(story: DemoLead): Stage {
    const stage = stages.get(story.platform);
    if (stage === undefined) throw new Error(`the story of ${story.platform} begins before its first report`);
    return stage;
  }

  function sectorOf(tip: DemoTip): SectorId {
    return data.platforms.find(({ id }) => id === tip.platform)?.sector ?? "unknown";
  }
}

async function playTip(
  portal: Portal,
  tip: DemoTip,
  at: {
    at: Date;
    today: string;
    stages: Map<string, Stage>;
    tipIds: Map<string, string>;
    sector: SectorId;
  },
  cast: Cast,
): Promise<void> {
  const byHotline = tip.channel === "hotline";
  const actor = byHotline ? castMember(cast, "hotline-1").actor : REPORTER;
  const receipt = demoReceipt(portal, tip.id);
  const { publicKey: replyKey } = await replyKeyPair(replySeedOf(receipt));
  // Intake looks across all leads for the right one; who recorded the report sees none of them.
  const lookupId = lookupIdOf(receipt);
  if (tip.files !== undefined) {
    // Files come to a draft first, as a reporter's do.
    await saveDraft(portal.db, { receipt, raw: {}, at: at.at });
    await seedFiles({ ...portal, clock: fixedClock(at.at) }, { kind: "draft", receipt }, tip.files);
  }
  const received = await withActor(
    portal.db,
    intakeActor(lookupId),
    async (tx) => {
      const files = tip.files === undefined ? [] : await takeDraftFiles(tx, receipt);
      const placed = await receiveTip(
        tx,
        {
          lookupId,
          replyKey,
          files,
          facts: demoTipFacts(tip, at.today, portal.pack.pack),
          channel: tip.channel,
          language: tip.language,
          pack: portal.pack,
          at: at.at,
        },
        actor,
      );
      if (tip.files !== undefined) {
        await sendDraftFiles(tx, { receipt, tipId: placed.tipId, files });
        await tx.delete(drafts).where(eq(drafts.lookupId, lookupId));
      }
      return placed;
    },
    { alsoRetry: lostFirstComeRace },
  );
  at.tipIds.set(tip.id, received.tipId);
  const stage = at.stages.get(tip.platform);
  if (stage === undefined) at.stages.set(tip.platform, { leadId: received.leadId, sector: at.sector });
  else if (tip.daysAgo > STILL_LOOSE_DAYS) {
    const triage = castMember(cast, "triage-1").actor;
    await gatherTip(portal, { tipId: received.tipId, toLeadId: stage.leadId, at: at.at }, triage);
  }
}
