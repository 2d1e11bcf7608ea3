import { editQuestion } from "~server/disputes/edit-question.server";
import { giveOpinion } from "~server/disputes/give-opinion.server";
import { recordProceeding } from "~server/disputes/record-proceeding.server";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import type { DemoLead } from "./demo-grammar";
import { castMember, type Cast } from "./seed-people.server";
import type { Stage } from "./seed-story.server";

type Step = { readonly daysAgo: number; readonly play: (at: Date) => Promise<void> };

/** A dispute of the story, through the acts staff use: the question as the office words it, the opinions, a meeting. */
export function playDispute(
  portal: Portal,
  input: { readonly story: DemoLead; readonly stage: () => Stage },
  cast: Cast,
): Step[] {
  const { dispute } = input.story;
  if (dispute === undefined) return [];
  const { opinions, question, meeting } = dispute;
  const at = (agency: string) => `${portal.pack.pack.id}.${agency}`;
  const lead = () => input.stage().leadId;
  const office = castMember(cast, meeting.by).actor;
  const asked: Step = {
    daysAgo: Math.max(...opinions.map(({ daysAgo }) => daysAgo)),
    play: (when) => editQuestion(portal.db, { leadId: lead(), version: 1, question, at: when }, office),
  };
  const given = opinions.map((one): Step => ({
    daysAgo: one.daysAgo,
    play: async (when) => {
      // Each names the other.
      const other = opinions.find(({ agency }) => agency !== one.agency) ?? one;
      await giveOpinion(
        portal.db,
        {
          ...{ leadId: lead(), agencyId: at(one.agency), seen: 0, opinion: one.opinion },
          ...{ legalBasis: one.legalBasis, proposedBody: at(other.agency) },
          ...{ letterNumber: null, letterOn: null, at: when },
        },
        castMember(cast, one.by).actor,
      );
    },
  }));
  const met: Step = {
    daysAgo: meeting.daysAgo,
    play: (when) =>
      recordProceeding(
        portal.db,
        {
          ...{ leadId: lead(), kind: "meeting", heldOn: chinaDay(when), people: meeting.people },
          ...{ summary: meeting.summary, documentNumber: null, at: when },
        },
        office,
      ),
  };
  return [asked, ...given, met];
}
