import { MONEY_ACCESS } from "./access-money";
import type { Role } from "./roles";

/** `signed-in` is any member of staff; `nobody` is a method the route does not have. */
export type Who = "anyone" | "signed-in" | "nobody" | { readonly roles: readonly Role[] };

/**
 * How far a page reaches for whoever may open it, from nothing to everything: `none` nobody's affairs; `own` one's own
 * account and what one recorded; `people` members of staff, no lead; `agency` the leads one's body holds now, none kept
 * to the leading office; `portal` all the page has. Leads one is recused from are in no scope.
 */
export const SCOPES = ["none", "own", "people", "agency", "portal"] as const;
export type Scope = (typeof SCOPES)[number];

export type RouteAccess = {
  /** Who may call the loader (GET). */
  readonly read: Who;
  /** Who may call the action (POST and the like). */
  readonly write: Who;
  /** One for all who may, or each role's where they differ; a role that is not named then reaches nothing. */
  readonly scope: Scope | { readonly [R in Role]?: Scope };
  /** Demo sessions look and triage; where this is absent their writes are refused (product: passkey for the rest). */
  readonly demoMayWrite?: true;
};

/** Whose roles make them a member of a slot (server/secrecy/slots.ts). */
const KEY_HOLDERS = [
  "triage_officer",
  "notice_desk",
  "identity_custodian",
  "finance_approver",
  "cashier",
  "agency_officer",
  "agency_verifier",
] as const;
const BOARD = ["triage_officer", "agency_officer", "agency_verifier"] as const;

/** Who sees which leads, on the board and beyond it: `leadsInScope` reads it from here. */
const LEADS = {
  triage_officer: "portal",
  auditor: "portal",
  agency_officer: "agency",
  agency_verifier: "agency",
} as const;

/** Who is handed sealed content, of which leads. */
const CONTENT = { triage_officer: "portal", agency_officer: "agency", agency_verifier: "agency" } as const;

/**
 * The one list of who may use which staff route, and how far, by Remix route id. A staff route that is not in it
 * answers 404 to everyone. Guards, navigation, lead queries, the printed matrix and its tests read it; row-level
 * security (0007) holds the same again for a query that forgets. Which act a state allows is the domain functions'.
 */
export const ACCESS = {
  /** The layout also frames the sign-in and enrolment pages. */
  "routes/staff": { read: "anyone", write: "nobody", scope: "own" },
  /** Addresses that are no page. */
  "routes/staff.$": { read: "signed-in", write: "nobody", scope: "none" },
  "routes/staff._index": { read: "signed-in", write: "nobody", scope: "own" },
  "routes/staff.sign-in": { read: "anyone", write: "anyone", scope: "none" },
  "routes/staff.enrol": { read: "anyone", write: "anyone", scope: "own" },
  /** Anyone, so that a browser whose session has run out can still drop its cookie. */
  "routes/staff.sign-out": { read: "anyone", write: "anyone", scope: "own" },
  "routes/staff.webauthn": { read: "anyone", write: "anyone", scope: "own" },
  /** One's own wrapped keys, as JSON. */
  "routes/staff.keyring": { read: "signed-in", write: "nobody", scope: "own" },
  /** Asks for a passkey's touch before a grave act. A JSON endpoint. */
  "routes/staff.step-up": { read: "nobody", write: "signed-in", scope: "own" },
  /** One's own passkeys, key and sessions. */
  "routes/staff.account": { read: "signed-in", write: "signed-in", scope: "own" },
  /** What the account page's script computed. A JSON endpoint. */
  "routes/staff.own-keys": { read: "nobody", write: "signed-in", scope: "own" },
  "routes/staff.board": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: BOARD },
    demoMayWrite: true,
    scope: LEADS,
  },
  /** A frozen choice of one's own leads, for one act on all of them. */
  "routes/staff.board_.bulk.$setId": {
    read: { roles: BOARD },
    write: { roles: BOARD },
    demoMayWrite: true,
    scope: LEADS,
  },
  "routes/staff.search": { read: { roles: [...BOARD, "auditor"] }, write: "nobody", scope: LEADS },
  "routes/staff.leads.$leadId": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: BOARD },
    demoMayWrite: true,
    scope: LEADS,
  },
  "routes/staff.leads.$leadId_.findings": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: BOARD },
    scope: LEADS,
  },
  /** 一户一档: dossiers of the leads one sees; the last is the printed form. */
  "routes/staff.dossiers": { read: { roles: [...BOARD, "auditor"] }, write: "nobody", scope: LEADS },
  "routes/staff.dossiers_.$dossierId": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: ["triage_officer", "agency_officer"] },
    demoMayWrite: true,
    scope: LEADS,
  },
  "routes/staff.dossiers_.$dossierId_.pdf": {
    read: { roles: [...BOARD, "auditor"] },
    write: "nobody",
    scope: LEADS,
  },
  /** 分类处置: measures, letters, things preserved; then a letter as PDF, and the evidence a browser bundles for the police. */
  "routes/staff.leads.$leadId_.handling": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: ["triage_officer", "agency_officer"] },
    scope: LEADS,
  },
  "routes/staff.letters.$letterId": {
    read: { roles: [...BOARD, "auditor"] },
    write: "nobody",
    scope: LEADS,
  },
  "routes/staff.leads.$leadId_.evidence": {
    read: { roles: ["triage_officer", "agency_officer"] },
    write: { roles: ["triage_officer", "agency_officer"] },
    scope: { triage_officer: "portal", agency_officer: "agency" },
  },
  /** Bodies that disagree who handles a lead: the leading office, auditors, and the bodies heard. */
  "routes/staff.disputes": { read: { roles: [...BOARD, "auditor"] }, write: "nobody", scope: LEADS },
  "routes/staff.leads.$leadId_.dispute": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: ["triage_officer", "agency_officer"] },
    demoMayWrite: true,
    scope: LEADS,
  },
  /** Its record as a PDF. */
  "routes/staff.leads.$leadId_.dispute_.minutes": {
    read: { roles: [...BOARD, "auditor"] },
    write: "nobody",
    scope: LEADS,
  },
  /** A lead's clocks: what stopped them, and extensions, which two agree to. */
  "routes/staff.leads.$leadId_.clocks": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: BOARD },
    scope: LEADS,
  },
  /** 督办: what is late, the leading office's urging and the bodies' answers; the second is its file. */
  "routes/staff.deadlines": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: ["triage_officer", "agency_officer"] },
    demoMayWrite: true,
    scope: LEADS,
  },
  "routes/staff.deadlines_.csv": {
    read: { roles: ["triage_officer", "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  /** 重大 and jumps of reports, acknowledged by triage. */
  "routes/staff.alerts": {
    read: { roles: ["triage_officer", "auditor"] },
    write: { roles: ["triage_officer"] },
    demoMayWrite: true,
    scope: "portal",
  },
  /** Phases of the plan and how far the bodies are with them. */
  "routes/staff.plan": {
    read: { roles: [...BOARD, "auditor"] },
    write: { roles: ["triage_officer"] },
    demoMayWrite: true,
    scope: {
      triage_officer: "portal",
      auditor: "portal",
      agency_officer: "agency",
      agency_verifier: "agency",
    },
  },
  /** Holidays and make-up working days; no lead. */
  "routes/staff.calendar": {
    read: { roles: [...BOARD, "administrator", "auditor"] },
    write: { roles: ["administrator"] },
    scope: "none",
  },
  /** Reports set apart as possible spam. */
  "routes/staff.spam": {
    read: { roles: ["triage_officer"] },
    write: { roles: ["triage_officer"] },
    demoMayWrite: true,
    scope: "portal",
  },
  /** Companies of registration lists whose names or scopes hold words of the plan. */
  "routes/staff.watch": {
    read: { roles: ["triage_officer", "auditor"] },
    write: { roles: ["triage_officer"] },
    demoMayWrite: true,
    scope: "portal",
  },
  "routes/staff.watch_.csv": {
    read: { roles: ["triage_officer", "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  /** How long what is kept, holds, and what is destroyed: triage proposes, an administrator approves. */
  "routes/staff.retention": {
    read: { roles: ["triage_officer", "administrator", "auditor"] },
    write: { roles: ["triage_officer", "administrator"] },
    scope: { triage_officer: "portal", auditor: "portal", administrator: "people" },
  },
  /** Opening, searching and comparing all of a lead's narratives; the batches are JSON for the page's worker. */
  "routes/staff.leads.$leadId_.narratives": { read: { roles: BOARD }, write: "nobody", scope: CONTENT },
  "routes/staff.leads.$leadId_.narratives_.batch": {
    read: { roles: BOARD },
    write: "nobody",
    scope: CONTENT,
  },
  /** The sealed chunks of a reporter's file, for the page that opens it. */
  "routes/staff.files.$fileId": { read: { roles: BOARD }, write: "nobody", scope: CONTENT },
  /** What a reporter and staff say to each other, sealed: the JSON endpoint of the lead's page. */
  "routes/staff.leads.$leadId_.messages": {
    read: { roles: BOARD },
    write: { roles: BOARD },
    demoMayWrite: true,
    scope: CONTENT,
  },
  /** Content keys that wait for the bodies holding a lead; the second is the JSON endpoint triage's browser works with. */
  "routes/staff.handover": { read: { roles: ["triage_officer"] }, write: "nobody", scope: "portal" },
  "routes/staff.handover_.keys": {
    read: "nobody",
    write: { roles: ["triage_officer"] },
    demoMayWrite: true,
    scope: "portal",
  },
  /** Opening a reporter's identity, two custodians at a time; the second is the JSON endpoint of their browsers. */
  "routes/staff.identities": {
    read: { roles: ["identity_custodian", "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  "routes/staff.identities_.act": {
    read: "nobody",
    write: { roles: ["identity_custodian"] },
    scope: "portal",
  },
  /** The intake desk: hotline operators record tips and see no others. */
  "routes/staff.tips": {
    read: { roles: ["hotline_operator"] },
    write: { roles: ["hotline_operator"] },
    demoMayWrite: true,
    scope: "own",
  },
  /** Other channels' lists: the same desk's work, many at a time. */
  "routes/staff.import": {
    read: { roles: ["hotline_operator"] },
    write: { roles: ["hotline_operator"] },
    demoMayWrite: true,
    scope: "own",
  },
  /** Notices that wait for reporters; the second is the JSON endpoint the desk's browser sends them by. */
  "routes/staff.notices": {
    read: { roles: ["notice_desk", "auditor"] },
    write: { roles: ["notice_desk"] },
    demoMayWrite: true,
    scope: "portal",
  },
  "routes/staff.notices_.send": {
    read: "nobody",
    write: { roles: ["notice_desk"] },
    demoMayWrite: true,
    scope: "portal",
  },
  /** What became of mail to staff. */
  "routes/staff.mail": {
    read: { roles: ["administrator", "auditor"] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
  /** Every mail of a demonstration without a mail server; 404 elsewhere. */
  "routes/staff.mailbox": { read: "signed-in", write: "nobody", scope: "portal" },
  ...MONEY_ACCESS,
  /** Handing a lead to another pack of this portal. */
  "routes/staff.leads.$leadId_.hand": {
    read: { roles: ["triage_officer"] },
    write: { roles: ["triage_officer"] },
    demoMayWrite: true,
    scope: "portal",
  },
  /** The rules in force, and what they would decide; its form writes nothing. */
  "routes/staff.routing": {
    read: { roles: ["triage_officer", "auditor", "administrator"] },
    write: { roles: ["triage_officer", "auditor", "administrator"] },
    demoMayWrite: true,
    scope: "people",
  },
  /** Changed rules on their way into force; an administrator sees how many decisions they would change, and no lead. */
  "routes/staff.routing_.versions": {
    read: { roles: ["triage_officer", "auditor", "administrator"] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
  "routes/staff.routing_.versions_.$proposalId": {
    read: { roles: ["triage_officer", "auditor", "administrator"] },
    write: { roles: ["administrator"] },
    scope: { triage_officer: "portal", auditor: "portal", administrator: "people" },
  },
  "routes/staff.people": {
    read: { roles: ["administrator", "auditor"] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
  /** Role keys: members make, hand on and replace them through the JSON endpoint below; others look. */
  "routes/staff.keys": {
    read: { roles: [...KEY_HOLDERS, "administrator", "auditor"] },
    write: "nobody",
    scope: "people",
  },
  "routes/staff.keys_.act": {
    read: { roles: KEY_HOLDERS },
    write: { roles: KEY_HOLDERS },
    scope: "people",
  },
  /** The key ceremony of a new office. */
  "routes/staff.ceremony": {
    read: { roles: ["administrator"] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
  /** This table, printed. */
  "routes/staff.access": { read: { roles: ["auditor", "administrator"] }, write: "nobody", scope: "people" },
  "routes/staff.audit": {
    read: { roles: ["auditor", "administrator"] },
    write: "nobody",
    scope: { auditor: "portal", administrator: "people" },
  },
} as const satisfies Record<string, RouteAccess>;

export type StaffRouteId = keyof typeof ACCESS;

/** The declared access of a route, or null when nothing was declared. */
export function accessOf(routeId: string): RouteAccess | null {
  const table: Record<string, RouteAccess> = ACCESS;
  return Object.hasOwn(table, routeId) ? (table[routeId] ?? null) : null;
}

/** The farthest any of these roles reaches on a route; `none` where none of them may open it. */
export function scopeOf(routeId: StaffRouteId, roles: readonly Role[]): Scope {
  const { read, write, scope }: RouteAccess = ACCESS[routeId];
  const farthest = roles
    .filter((role) => admits(read, role) || admits(write, role))
    .map((role) => SCOPES.indexOf(typeof scope === "string" ? scope : (scope[role] ?? "none")));
  return SCOPES[Math.max(0, ...farthest)] ?? "none";
}

/** Whether a role lets somebody through. */
export function admits(who: Who, role: Role): boolean {
  return who === "anyone" || who === "signed-in" || (who !== "nobody" && who.roles.includes(role));
}
