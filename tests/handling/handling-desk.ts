import type { Database } from "~db/client.server";
import { issueLetter, type LetterInput } from "~server/handling/issue-letter.server";
import { preserveItem } from "~server/handling/preserve-item.server";
import { readHandling } from "~server/handling/read-handling.server";
import { recordMeasure, type MeasureInput } from "~server/handling/record-measure.server";
import { recordStep, type StepInput } from "~server/handling/record-step.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { leadAt, makePerson } from "~tests/factories/make-lead";
import type { TestDatabase } from "~tests/setup/database";
import type { TestPortal } from "~tests/setup/test-portal";
import { openClockDesk, type ClockDesk } from "../clocks/clock-desk";

/** The day of the desk's clock when a test begins. */
export const DAY = "2026-03-02";

/** People and short ways to every act of handling, all as the server connects. */
export async function openHandlingDesk(test: TestDatabase) {
  const desk: ClockDesk = await openClockDesk(test);
  const { triage, officer, verifier, auditor } = desk;
  const plain: Database = desk.plain;
  const portal: TestPortal = { ...desk.portal, db: plain };
  const stranger = await makePerson(desk.portal, "commerce", ["agency_officer"]);
  const at = () => portal.clock.now();
  const PAGES = { measures: 1, letters: 1, preservations: 1 };
  const read = (leadId: string, actor: StaffActor = officer) =>
    readHandling(portal, { leadId, pages: PAGES }, actor);

  /** A lead the bank's regulator handles, with the market's helping. */
  const held = () =>
    leadAt(desk.portal, "investigating", [
      { agency: "banking-regulation", relation: "lead" },
      { agency: "market-regulation", relation: "cooperating" },
    ]);
  /** A lead of a body where nobody has an account. */
  const unmanned = () =>
    leadAt(desk.portal, "dispatched", [{ agency: "development-reform", relation: "lead" }]);

  const letter = (leadId: string, over: Partial<LetterInput> = {}): LetterInput => ({
    ...{
      leadId,
      kind: "rectify",
      recipient: "某某理财",
      legalBasis: "方案五(二)",
      reason: null,
      replyTo: null,
    },
    items: [{ text: "承诺保本保息", clause: "网贷暂行办法 第十条" }],
    limit: { days: 15, kind: "working" },
    ...over,
  });
  const issue = (leadId: string, over: Partial<LetterInput> = {}, actor = officer) =>
    issueLetter(portal, letter(leadId, over), actor);
  const step = (
    leadId: string,
    letterId: string,
    kind: StepInput["kind"],
    over: Partial<StepInput> = {},
    actor = officer,
  ) =>
    recordStep(
      plain,
      {
        ...{
          leadId,
          letterId,
          kind,
          onDay: DAY,
          result: null,
          extendDays: null,
          documentNumber: null,
          note: null,
        },
        ...{ bundle: null, at: at() },
        ...over,
      },
      actor,
    );
  const measure = (leadId: string, over: Partial<MeasureInput> = {}, actor = officer) =>
    recordMeasure(
      plain,
      {
        ...({
          leadId,
          kind: "interview",
          takenOn: DAY,
          legalBasis: "方案五(一)",
          summary: "约谈负责人",
        } as const),
        ...{ documentNumber: null, reviewOn: null, at: at() },
        ...over,
      },
      actor,
    );
  const preserve = (leadId: string, actor = officer) =>
    preserveItem(
      plain,
      {
        ...{
          leadId,
          item: "电脑主机",
          quantity: "3 台",
          place: "库房",
          holder: "甲某",
          sha256: null,
          takenOn: DAY,
        },
        ...{ legalBasis: "行政处罚法 第五十六条", at: at() },
      },
      actor,
    );
  const clocks = async (leadId: string) =>
    (
      await test.owner.query<{ kind: string; due: string; ended: string | null }>(
        `select kind, due_on::text as due, ended_on::text as ended from lead_clocks where lead_id = $1 order by started_on, id`,
        [leadId],
      )
    ).rows;
  return {
    ...{ desk, plain, portal, triage, officer, verifier, auditor, stranger },
    /** Of a body that only helps. */
    helper: desk.stranger,
    ...{ at, read, held, unmanned, issue, step, measure, preserve, clocks },
  };
}

export type HandlingDesk = Awaited<ReturnType<typeof openHandlingDesk>>;
