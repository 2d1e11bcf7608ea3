import type { Database } from "~db/client.server";
import { decideDispute, type DecisionInput } from "~server/disputes/decide-dispute.server";
import { giveOpinion, type OpinionInput } from "~server/disputes/give-opinion.server";
import { readDispute } from "~server/disputes/read-dispute.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead } from "~server/triage/move-lead.server";
import type { Stage } from "~server/triage/stages";
import type { TestPortal } from "~tests/setup/test-portal";
import { leadAt, leadRow, makePerson } from "./make-lead";

export const BASIS = "方案三(二)2";

let minute = 0;
/** Each act a minute after the one before. */
export function now(): Date {
  minute += 1;
  return new Date(Date.parse("2026-03-02T02:00:00Z") + minute * 60_000);
}

export type DisputeCast = Awaited<ReturnType<typeof makeDisputeCast>>;

/** The people of a dispute between two bodies, and the steps that lead into one and out of it. `plain` is as the server connects. */
export async function makeDisputeCast(portal: TestPortal, plain: Database) {
  const person = (agency: string, role: StaffActor["roles"][number]) => makePerson(portal, agency, [role]);
  const people = {
    triage: await person("leading-office", "triage_officer"),
    mediator: await person("leading-office", "triage_officer"),
    bank: await person("banking-regulation", "agency_officer"),
    market: await person("market-regulation", "agency_officer"),
    police: await person("police", "agency_officer"),
    stranger: await person("commerce", "agency_officer"),
    auditor: await person("finance", "auditor"),
  };
  const { triage, mediator, bank, market } = people;
  const versionOf = async (leadId: string) => (await leadRow(portal, leadId)).version;

  async function move(leadId: string, to: Stage, actor: StaffActor, proposed = "jinhua.market-regulation") {
    const input = { leadId, to, version: await versionOf(leadId), note: null, legalBasis: BASIS };
    return moveLead(plain, { ...input, proposedBody: proposed, closureCode: null, at: now() }, actor);
  }

  async function dispatch(leadId: string, insteadLeadBy: string | null, actor = triage) {
    const facts = { suspectedCrime: true, petition: false, nested: false };
    const input = { leadId, version: await versionOf(leadId), sector: "p2p", triage: facts };
    const reason = insteadLeadBy === null ? null : "改派";
    return dispatchLead(plain, portal.pack, { ...input, insteadLeadBy, reason, at: now() }, actor);
  }

  const held = () =>
    leadAt(portal, "dispatched", [
      { agency: "banking-regulation", relation: "lead" },
      { agency: "police", relation: "cooperating" },
    ]);

  /** Returned by the bank supervisor, sent to market regulation, returned by it: in dispute. */
  async function disputed(): Promise<string> {
    const leadId = await held();
    await move(leadId, "returned", bank);
    await dispatch(leadId, market.agencyId);
    const { stage } = await move(leadId, "returned", market, bank.agencyId);
    if (stage !== "disputed") throw new Error("the second return opens a dispute");
    return leadId;
  }

  const say = (leadId: string, actor: StaffActor, over: Partial<OpinionInput> = {}) =>
    giveOpinion(
      plain,
      {
        ...{ leadId, agencyId: actor.agencyId, seen: 0, opinion: "不属于我局职责", legalBasis: BASIS },
        ...{ proposedBody: bank.agencyId, letterNumber: null, letterOn: null, at: now(), ...over },
      },
      actor,
    );

  async function decide(leadId: string, over: Partial<DecisionInput> = {}, actor = mediator) {
    const { dispute } = await readDispute(plain, { leadId }, triage);
    const input = { leadId, version: dispute?.version ?? 0, outcome: "single" as const, byGroup: false };
    const grounds = { legalBasis: "方案三 末段", reasons: "按业务实质确定", dissent: null };
    return decideDispute(
      plain,
      { ...input, agencyIds: [market.agencyId], ...grounds, at: now(), ...over },
      actor,
    );
  }

  /** Heard and decided for market regulation, and dispatched to it. */
  async function decided(): Promise<string> {
    const leadId = await disputed();
    await say(leadId, bank);
    await say(leadId, market);
    await decide(leadId);
    await dispatch(leadId, null);
    return leadId;
  }

  const idOf = async (leadId: string) => (await readDispute(plain, { leadId }, triage)).dispute?.id ?? "";

  return { ...people, versionOf, move, dispatch, held, disputed, say, decide, decided, idOf };
}
