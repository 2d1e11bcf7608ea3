import { addressOf } from "~server/staff-auth/access-matrix";
import { tipReference } from "~/forms/tip-reference";
import { OFFICE_SLOTS } from "~server/secrecy/slots";
import type { Role } from "~server/staff-auth/roles";
import { STAGES, type Stage } from "~server/triage/stages";

/** Actions with a sentence of their own in the catalogue (`staff.events.*`), in the order filters list them. */
export const EVENT_ACTIONS = [
  "tip.received",
  "tip.attached",
  ...(["tips.viewed", "tips.facts_viewed", "tips.sought", "tips.imported"] as const),
  ...(["tip.file_viewed", "tip.file_fetched"] as const),
  ...(["tip.withdrawn", "tip.receipt_expired"] as const),
  ...(["tip.spam_suspected", "tip.spam_confirmed", "tip.spam_cleared"] as const),
  ...(["message.written", "message.read", "lead.reopen_asked", "lead.reopen_declined"] as const),
  ...(["lead.assigned", "lead.unassigned", "board.options_set"] as const),
  "lead.moved",
  "lead.dispatched",
  ...(["lead.succeeded", "lead.body_ended", "dispute.party_succeeded"] as const),
  ...(["lead.major_raised", "lead.major_withdrawn"] as const),
  ...(["lead.recused", "lead.recusal_ended", "lead.opened_up"] as const),
  ...(["measure.recorded", "measure.outcome_recorded", "letter.issued", "letter.printed"] as const),
  ...(["letter.served", "letter.reminded", "letter.answered", "letter.received", "letter.judged"] as const),
  ...(["letter.review", "letter.closed", "letter.bundle", "letter.receipt"] as const),
  ...(["preservation.recorded", "preservation.handed_over", "preservation.decided"] as const),
  ...(["dispute.opened", "dispute.question_changed", "dispute.party_invited"] as const),
  ...(["dispute.opinion_given", "dispute.recorded", "dispute.decided"] as const),
  ...(["dispute.reopening_asked", "dispute.reopening_granted", "dispute.reopening_refused"] as const),
  ...(["clock.started", "clock.ended", "clock.paused", "clock.resumed", "clock.recomputed"] as const),
  ...(["clock.extension_asked", "clock.extension_granted", "clock.extension_refused"] as const),
  ...(["supervision.issued", "supervision.answered", "calendar.list_added"] as const),
  ...(["alert.acknowledged", "alert.surge_found", "alert.raised_for_office"] as const),
  ...(["plan.round_opened", "plan.round_ended", "plan.day_moved", "plan.state_recorded"] as const),
  ...(["dossier.merged", "dossier.unmerged", "dossier.field_recorded"] as const),
  ...([
    "dossier.alias_added",
    "dossier.alias_ended",
    "dossier.suggestion_dismissed",
    "dossier.dismissal_ended",
    "dossier.printed",
    "arrivals.sealed",
  ] as const),
  "finding.recorded",
  "finding.verified",
  "finding.rejected",
  ...(["award.assessed", "award.prepared", "award.reviewed", "award.approved", "award.rejected"] as const),
  ...(["books.printed", "books.exported"] as const),
  ...(["award.countersigned", "award.held", "award.hold_lifted"] as const),
  ...(["approval.deputy_named", "approval.deputy_agreed", "approval.deputy_ended"] as const),
  ...(["approval.limit_requested", "approval.limit_granted", "approval.limit_refused"] as const),
  ...(["award.accepted", "award.posted", "award.paid", "award.bounced"] as const),
  ...(["award.objected", "award.objection_answered", "award.replaced", "award.decision_issued"] as const),
  ...(["award.lapsed", "award.revoked", "award.posting_revoked"] as const),
  ...(["clawback.ordered", "clawback.received", "clawback.received_later", "clawback.written_off"] as const),
  ...(["float.topped_up", "float.returned", "bank.unmatched", "bank.matched"] as const),
  ...(["year.lapsed", "year.available_carried", "year.encumbered_carried"] as const),
  ...(["budget.warned", "budget.year_closed", "ledger.month_closed", "ledger.root_made"] as const),
  ...(["ledger.requested", "ledger.request_agreed"] as const),
  ...(["ledger.request_refused", "ledger.request_withdrawn", "ledger.order_withdrawn"] as const),
  ...(["batch.frozen", "batch.release_signed", "batch.released", "batch.payees_handed"] as const),
  ...(["batch.payees_opened", "batch.file_made", "batch.sent", "batch.cancelled"] as const),
  ...(["payout_line.unknown", "payout_line.said_not_sent", "payout_line.not_sent"] as const),
  ...(["statement.taken", "bank_line.suspense", "bank_line.dismissed", "bank_line.matched"] as const),
  ...(["bank_line.proposed_dismissed", "bank_line.proposed_matched"] as const),
  ...(["bank_line.withdrew_dismissed", "bank_line.withdrew_matched"] as const),
  "month.reconciled",
  ...(["budget.opened", "budget.approved", "budget.adjusted", "funds.received", "ledger.corrected"] as const),
  ...(["staff.invited", "staff.role_granted", "staff.role_revoked", "staff.enrolment_link_created"] as const),
  ...(["staff.passkey_enrolled", "staff.passkey_revoked", "staff.signed_in", "staff.signed_out"] as const),
  ...(["staff.session_ended", "staff.sessions_ended", "staff.sign_in_refused"] as const),
  "staff.suspended",
  "staff.reinstated",
  ...(["staff.role_requested", "staff.role_refused", "staff.passkey_added", "staff.refused"] as const),
  ...(["keys.personal_made", "keys.personal_retired", "keys.wrapped", "keys.role_made"] as const),
  ...(["keys.granted", "keys.grant_revoked", "keys.rotation_due", "keys.rotated"] as const),
  ...(["keys.rewrapped", "keys.handed_over", "keys.recovered"] as const),
  ...(["keys.stale_viewed", "keys.handover_viewed", "leads.handover_viewed"] as const),
  ...(["keys.recovery_registered", "keys.recovery_refused"] as const),
  ...(["pack.found", "pack.brought", "pack.requested", "pack.in_force"] as const),
  ...(["pack.refused", "pack.withdrawn"] as const),
  ...(["scheme.found", "scheme.brought", "scheme.requested", "scheme.in_force"] as const),
  ...(["scheme.refused", "scheme.withdrawn"] as const),
  ...(["bank_format.brought", "bank_format.requested", "bank_format.in_force"] as const),
  ...(["bank_format.refused", "bank_format.withdrawn"] as const),
  "audit.checkpoints_adopted",
  ...(["notices.opened", "notices.sent", "notices.again", "notices.dropped"] as const),
  ...(["staff.email_set", "staff.email_removed", "mail.again"] as const),
  ...(["watch.loaded", "watch.decided", "watch.exported"] as const),
  ...(["retention.drawn", "retention.proposed", "retention.approved", "retention.refused"] as const),
  ...(["retention.carried_out", "tip.destroyed", "hold.placed", "hold.ended"] as const),
  ...(["identity.requested", "identity.opened", "identity.declined", "identity.expired"] as const),
  ...(["claim.transfer_chosen", "claim.code_made", "claim.code_reissued", "claim.extended"] as const),
  ...(["claim.papers_seen", "claim.papers_confirmed", "claim.papers_voided", "award.lapsed"] as const),
  ...(["float.topped_up", "float.returned"] as const),
  ...(["window.proposed", "window.opened", "window.refused", "window.closed"] as const),
  ...(["window.locked", "window.unlocked", "window.day_counted", "window.day_closed"] as const),
] as const;
export type EventAction = (typeof EVENT_ACTIONS)[number];

/** An event as a page shows it: who, when, and the parts of its sentence, still to be said in words. */
export type EventView = {
  readonly id: string;
  /** Order of all events, as text: it outgrows a number. */
  readonly seq: string;
  readonly day: string;
  /** null for a reporter's act, which has a day only. */
  readonly at: Date | null;
  readonly actor: {
    readonly kind: "reporter" | "staff" | "system";
    readonly name: string;
    readonly agency: string;
  };
  readonly action: string;
  readonly from: Stage | null;
  readonly to: Stage | null;
  readonly role: Role | null;
  readonly version: number | null;
  /** Set when the second return became a dispute. */
  readonly secondReturn: boolean;
  /** Set when it changed packs: up, down or across. */
  readonly handed: "up" | "down" | "across" | null;
  readonly details: readonly EventDetail[];
};

/** One labelled detail; `kind` says how its value is put into words. */
export type EventDetail = {
  readonly label: string;
  readonly kind:
    | "text"
    | "closure"
    | "flag"
    | "channel"
    | "method"
    | "instant"
    | "holders"
    | "slot"
    | "day"
    | "clock"
    | "cause";
  readonly value: string;
};

type EventRow = {
  id: string;
  seq: bigint;
  recordedOn: string;
  recordedAt: Date | null;
  actorKind: string;
  actorSnapshot: unknown;
  action: string;
  data: unknown;
};

const KINDS: Record<string, EventDetail["kind"]> = {
  note: "text",
  legalBasis: "text",
  proposedBody: "text",
  bodies: "text",
  formerBody: "text",
  closureCode: "closure",
  holders: "holders",
  overridden: "flag",
  decisionNumber: "text",
  channel: "channel",
  opened: "flag",
  closedAsDuplicate: "flag",
  hits: "text",
  page: "text",
  tips: "text",
  leads: "text",
  keys: "text",
  found: "text",
  slot: "slot",
  messages: "text",
  method: "method",
  sessions: "text",
  firstRank: "text",
  imported: "text",
  already: "text",
  bad: "text",
  ...({ notices: "text", sent: "text", waiting: "text", unsent: "text", unknown: "text" } as const),
  tipId: "text",
  ...({ assignee: "text", relieved: "text" } as const),
  reason: "text",
  expiresAt: "instant",
  clock: "clock",
  cause: "cause",
  ...({ until: "day", before: "day", due: "day" } as const),
  ...({
    days: "text",
    number: "text",
    year: "text",
    document: "text",
    agency: "text",
    phase: "text",
  } as const),
  route: "text",
  code: "text",
  roots: "text",
  firstDay: "text",
  lastDay: "text",
  ...({ packId: "text", packVersion: "text", fromPack: "text", toPack: "text" } as const),
  ...({ schemeId: "text", schemeVersion: "text", formatVersion: "text" } as const),
};

/** `nameAgency` turns an agency id (`jinhua.police`) into its name. Details not listed above are not shown. */
export function presentEvent(row: EventRow, nameAgency: (id: string) => string): EventView {
  const data = asRecord(row.data);
  const snapshot = asRecord(row.actorSnapshot);
  return {
    id: row.id,
    seq: row.seq.toString(),
    day: row.recordedOn,
    at: row.recordedAt,
    actor: {
      kind: row.actorKind === "staff" || row.actorKind === "reporter" ? row.actorKind : "system",
      name: asText(snapshot.name),
      agency: asText(snapshot.agency),
    },
    action: row.action,
    // A lead's id stands here where a report was moved: of a lead the reader may not hold.
    from: STAGES.find((stage) => stage === data.from) ?? null,
    to: STAGES.find((stage) => stage === data.to) ?? null,
    role: (asText(data.role) || null) as Role | null,
    version: typeof data.version === "number" ? data.version : null,
    secondReturn: data.reason === "second_return",
    handed: data.handed === "up" || data.handed === "down" || data.handed === "across" ? data.handed : null,
    details: Object.entries(KINDS).flatMap(([label, kind]) => {
      // Elsewhere the reason is a code, said by the sentence itself.
      if (label === "reason" && !row.action.startsWith("identity.")) return [];
      const value = detailText(label, data[label], nameAgency);
      return value === "" ? [] : [{ label, kind, value }];
    }),
  };
}

function detailText(label: string, value: unknown, nameAgency: (id: string) => string): string {
  if (label === "tipId") return typeof value === "string" ? tipReference(value) : "";
  if (label === "bodies")
    return Array.isArray(value) ? value.map((id) => nameAgency(asText(id))).join("、") : "";
  if (label === "proposedBody" || label === "agency")
    return typeof value === "string" ? nameAgency(value) : "";
  if (label === "holders" && Array.isArray(value)) {
    return value.map((one) => nameAgency(asText(asRecord(one).agencyId))).join("、");
  }
  if (label === "slot") return typeof value === "string" ? slotText(value, nameAgency) : "";
  if (label === "route" && typeof value === "string") return addressOf(value);
  if (label === "hits" && Array.isArray(value)) {
    return value.map((one) => asText(asRecord(one).clause)).join("、");
  }
  // A flag is worth a line only when it is set.
  if (typeof value === "boolean") return value ? "yes" : "";
  return typeof value === "number" ? String(value) : asText(value);
}

/** A slot of the office as it is, an agency's with its name in the id's place; "" for what is no slot. */
function slotText(slot: string, nameAgency: (id: string) => string): string {
  if (slot.startsWith("agency:")) return `agency:${nameAgency(slot.slice("agency:".length))}`;
  return (OFFICE_SLOTS as readonly string[]).includes(slot) ? slot : "";
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
