import { daysUntil } from "~/i18n/format-date";
import { chinaDay } from "~server/clock";
import type { Pack } from "~server/packs/grammar";
import { nameAgencyAmong } from "~server/packs/list-options";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { DisputePage } from "./read-dispute.server";

export type EntryKind =
  | ("opened" | "returned" | "joined" | "succeeded" | "question" | "opinion")
  | ("meeting" | "expert" | "reminder" | "escalated" | "answered")
  | ("decided" | "asked" | "granted" | "refused");
export type PairLabel =
  | ("question" | "opinion" | "legalBasis" | "proposed" | "letter" | "heldOn" | "people" | "summary")
  | ("document" | "leads" | "byGroup" | "reasons" | "dissent" | "facts" | "answer");

/** One thing said or done, its heading still to be put into words. */
export type DisputeEntry = {
  readonly key: string;
  readonly at: Date;
  readonly person: string;
  readonly kind: EntryKind;
  readonly body: string;
  readonly version: number | null;
  readonly pairs: readonly { readonly label: PairLabel; readonly value: string }[];
};

/** What a body last said, as its form shows it. */
export type LiveOpinion = {
  readonly version: number;
  readonly opinion: string;
  readonly legalBasis: string;
  readonly proposedBody: string;
  readonly letterNumber: string;
  readonly letterOn: string;
};

export type DisputeView = {
  readonly id: string;
  readonly status: "open" | "decided" | "dropped";
  readonly version: number;
  readonly cause: "second_return" | "body" | "triage" | "new_facts";
  readonly question: string;
  readonly mediator: string;
  readonly method: string;
  readonly clause: string;
  readonly openedAt: Date;
  /** Calendar days since it was opened, or that it lasted. */
  readonly days: number;
  readonly parties: readonly {
    readonly agencyId: string;
    readonly name: string;
    readonly why: "returned" | "proposed" | "held" | "invited" | "decided" | "succeeded";
    readonly hasOfficer: boolean;
    /** What it last proposed; null while it has said nothing. */
    readonly proposes: string | null;
  }[];
  readonly entries: readonly DisputeEntry[];
  /** Bodies this person may speak for, with what each last said. */
  readonly speaksFor: readonly {
    readonly agencyId: string;
    readonly name: string;
    readonly byLetter: boolean;
    readonly live: LiveOpinion | null;
  }[];
  readonly rights: {
    readonly mediates: boolean;
    readonly mayRemind: boolean;
    readonly mayDispatch: boolean;
    readonly mayAsk: boolean;
    readonly mayAnswer: boolean;
  };
  readonly decision: { readonly joint: boolean; readonly bodies: readonly string[] } | null;
  readonly earlier: readonly { readonly id: string; readonly openedAt: Date }[];
};

/** A dispute in the names of the portal's packs, everything of it in the order it happened, and what this person may do. */
export function presentDispute(
  packs: readonly Pack[],
  page: DisputePage,
  input: { readonly at: Date },
  actor: StaffActor,
): DisputeView | null {
  const { dispute } = page;
  if (dispute === null) return null;
  const liveOf = (agencyId: string) => page.opinions.findLast((one) => one.agencyId === agencyId) ?? null;
  const latest = page.all[0]?.id === dispute.id;
  const open = dispute.status === "open";
  const triage = hasRole(actor, "triage_officer");
  const today = chinaDay(input.at);
  const until = chinaDay(dispute.endedAt ?? input.at);
  const speaksFor = page.parties.filter(({ agencyId, hasOfficer }) =>
    agencyId === actor.agencyId && hasRole(actor, "agency_officer") ? true : triage && !hasOfficer,
  );
  return {
    id: dispute.id,
    status: dispute.status as DisputeView["status"],
    version: dispute.version,
    cause: dispute.cause as DisputeView["cause"],
    question: dispute.question,
    mediator: page.mediator,
    method: dispute.method,
    clause: dispute.clause,
    openedAt: dispute.openedAt,
    days: daysUntil(chinaDay(dispute.openedAt), until),
    parties: page.parties.map(({ agencyId, name, why, hasOfficer }) => {
      const live = liveOf(agencyId);
      return {
        ...{ agencyId, name, hasOfficer },
        why: why as DisputeView["parties"][number]["why"],
        proposes: live && nameAgencyAmong(packs, live.proposedAgencyId, today),
      };
    }),
    entries: entriesOf(packs, page, today),
    speaksFor: open
      ? speaksFor.map(({ agencyId, name }) => ({
          agencyId,
          name,
          byLetter: agencyId !== actor.agencyId || !hasRole(actor, "agency_officer"),
          live: presentLive(liveOf(agencyId)),
        }))
      : [],
    rights: {
      mediates: open && triage,
      mayRemind: open && triage && page.parties.some(({ agencyId }) => liveOf(agencyId) === null),
      mayDispatch: latest && triage && dispute.status === "decided" && page.lead?.stage === "disputed",
      mayAsk: latest && page.asksFor !== null,
      mayAnswer: latest && triage && page.reopening !== null && page.reopening.outcome === null,
    },
    decision: page.decision && {
      joint: page.decision.outcome === "joint",
      bodies: page.decision.agencyIds.map((id) => nameAgencyAmong(packs, id, today)),
    },
    earlier: page.all.filter(({ id }) => id !== dispute.id).map(({ id, openedAt }) => ({ id, openedAt })),
  };
}

function presentLive(row: DisputePage["opinions"][number] | null): LiveOpinion | null {
  if (row === null) return null;
  return {
    version: row.version,
    opinion: row.opinion,
    legalBasis: row.legalBasis,
    proposedBody: row.proposedAgencyId,
    letterNumber: row.letterNumber ?? "",
    letterOn: row.letterOn ?? "",
  };
}

type Draft = Partial<DisputeEntry> & Pick<DisputeEntry, "key" | "at" | "kind">;

function entriesOf(packs: readonly Pack[], page: DisputePage, today: string): DisputeEntry[] {
  const { dispute, decision, reopening } = page;
  if (dispute === null) return [];
  const name = (id: string) => nameAgencyAmong(packs, id, today);
  const drafts: Draft[] = [
    ...page.returns.map((row): Draft => ({
      ...{ key: row.id, at: row.returnedAt, kind: "returned", person: row.person, body: name(row.agencyId) },
      pairs: pairs({ legalBasis: row.legalBasis, proposed: name(row.proposedAgencyId) }),
    })),
    {
      ...{ key: "opened", at: dispute.openedAt, kind: "opened", person: page.opener ?? "" },
      body: page.parties
        .filter(({ why }) => why !== "decided")
        .filter(({ joinedAt }) => joinedAt.getTime() === dispute.openedAt.getTime())
        .map((party) => party.name)
        .join("、"),
      pairs: pairs({ question: page.questions[0]?.question ?? dispute.question }),
    },
    ...page.parties
      .filter(
        ({ why, joinedAt }) =>
          (why === "invited" || why === "succeeded") && joinedAt.getTime() > dispute.openedAt.getTime(),
      )
      .map((row): Draft => ({
        key: row.agencyId,
        at: row.joinedAt,
        kind: row.why === "succeeded" ? "succeeded" : "joined",
        body: row.name,
      })),
    ...page.questions.map((row, at): Draft => ({
      ...{ key: row.id, at: row.at, kind: "question", person: row.person },
      pairs: pairs({ question: page.questions[at + 1]?.question ?? dispute.question }),
    })),
    ...page.opinions.map((row): Draft => ({
      ...{ key: row.id, at: row.givenAt, kind: "opinion", person: row.person },
      ...{ body: name(row.agencyId), version: row.version },
      pairs: pairs({
        opinion: row.opinion,
        legalBasis: row.legalBasis,
        proposed: name(row.proposedAgencyId),
        letter: row.letterNumber === null ? "" : `${row.letterNumber}（${row.letterOn ?? ""}）`,
      }),
    })),
    ...page.records.map((row): Draft => ({
      ...{ key: row.id, at: row.recordedAt, kind: row.kind as EntryKind, person: row.person },
      ...(row.kind === "reminder"
        ? { body: row.people }
        : {
            pairs: pairs({
              heldOn: row.heldOn,
              people: row.people,
              summary: row.summary,
              document: row.documentNumber ?? "",
            }),
          }),
    })),
  ];
  if (decision !== null)
    drafts.push({
      ...{ key: decision.id, at: decision.decidedAt, kind: "decided", person: decision.person },
      pairs: pairs({
        leads: decision.agencyIds.map(name).join("、"),
        byGroup: decision.byGroup ? "yes" : "",
        legalBasis: decision.legalBasis,
        reasons: decision.reasons,
        dissent: decision.dissent ?? "",
      }),
    });
  if (reopening !== null) {
    drafts.push({
      ...{ key: reopening.id, at: reopening.askedAt, kind: "asked", person: reopening.person },
      body: name(reopening.agencyId),
      pairs: pairs({ facts: reopening.facts, legalBasis: reopening.legalBasis }),
    });
    if (reopening.answeredAt !== null)
      drafts.push({
        ...{ key: `${reopening.id}-answer`, at: reopening.answeredAt, person: reopening.answerer ?? "" },
        kind: reopening.outcome === "granted" ? "granted" : "refused",
        pairs: pairs({ answer: reopening.answer ?? "" }),
      });
  }
  // Stable: what happened at one moment stays in the order above.
  return drafts
    .map((draft) => ({ person: "", body: "", version: null, pairs: [], ...draft }))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

function pairs(values: Partial<Record<PairLabel, string>>): DisputeEntry["pairs"] {
  return Object.entries(values).flatMap(([label, value]) =>
    value === "" ? [] : [{ label: label as PairLabel, value }],
  );
}
