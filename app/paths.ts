/** Every URL of the portal is built here. */
export const paths = {
  home: () => "/",
  report: () => "/report",
  reportStep: (step: string) => `/report/${step}`,
  reportChange: (step: string) => `/report/${step}?from=check`,
  reportOverview: () => "/report/overview",
  reportFromOverview: (step: string) => `/report/${step}?from=overview`,
  reportResume: () => "/report/resume",
  reportSaved: () => "/report/saved",
  reportDone: () => "/report/done",
  reportSent: () => "/report/sent",
  status: () => "/status",
  rewards: () => "/rewards",
  ownDecision: () => "/status/decision",
  rewardScheme: (id: string) => `/rewards/${id}`,
  rewardCalculator: (id: string) => `/rewards?scheme=${id}#calculator`,
  penalty: () => "/rewards/penalty",
  hotlines: () => "/hotlines",
  privacy: () => "/privacy",
  verify: () => "/verify",
  verifyText: () => "/verify.txt",
  preferences: () => "/preferences",
  exit: () => "/exit",
  staff: {
    home: () => "/staff",
    signIn: () => "/staff/sign-in",
    signOut: () => "/staff/sign-out",
    enrol: (token: string) => `/staff/enrol#${token}`,
    board: () => "/staff/board",
    wholeBoard: () => "/staff/board?view=all",
    bulk: (setId: string) => `/staff/board/bulk/${setId}`,
    search: () => "/staff/search",
    spam: () => "/staff/spam",
    tips: () => "/staff/tips",
    import: () => "/staff/import",
    lead: (id: string) => `/staff/leads/${id}`,
    dossiers: () => "/staff/dossiers",
    dossierList: (name: string, page: number) =>
      `/staff/dossiers?${new URLSearchParams({ ...(name === "" ? {} : { name }), ...(page === 1 ? {} : { page: String(page) }) }).toString()}`,
    dossier: (id: string) => `/staff/dossiers/${id}`,
    dossierPdf: (id: string) => `/staff/dossiers/${id}/pdf`,
    narratives: (leadId: string, page = 1) =>
      page === 1 ? `/staff/leads/${leadId}/narratives` : `/staff/leads/${leadId}/narratives?page=${page}`,
    narrativeBatch: (leadId: string, page: number, batch: number) =>
      `/staff/leads/${leadId}/narratives/batch?page=${page}&batch=${batch}`,
    file: (fileId: string, part: "original" | "copy") => `/staff/files/${fileId}?part=${part}`,
    handling: (leadId: string) => `/staff/leads/${leadId}/handling`,
    evidence: (leadId: string, letterId: string, page = 1) =>
      `/staff/leads/${leadId}/evidence?letter=${letterId}&page=${page}`,
    letter: (letterId: string) => `/staff/letters/${letterId}`,
    clocks: (leadId: string) => `/staff/leads/${leadId}/clocks`,
    deadlines: () => "/staff/deadlines",
    deadlinesCsv: () => "/staff/deadlines/csv",
    alerts: () => "/staff/alerts",
    /** `pack` where the portal holds several plans. */
    plan: (query: Readonly<Record<string, string>> = {}) =>
      `/staff/plan${Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query).toString()}`}`,
    calendar: () => "/staff/calendar",
    messages: (leadId: string) => `/staff/leads/${leadId}/messages`,
    thread: (leadId: string, tipId: string, before: string | null = null) =>
      `/staff/leads/${leadId}/messages?${new URLSearchParams({ tip: tipId, ...(before === null ? {} : { before }) }).toString()}`,
    leadTip: (leadId: string, page: number, tipId: string) =>
      `/staff/leads/${leadId}?page=${page}#tip-${tipId}`,
    handover: () => "/staff/handover",
    handoverKeys: () => "/staff/handover/keys",
    identities: () => "/staff/identities",
    identityAct: () => "/staff/identities/act",
    notices: () => "/staff/notices",
    noticesSend: () => "/staff/notices/send",
    watch: (query: Readonly<Record<string, string>> = {}) =>
      `/staff/watch${Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query).toString()}`}`,
    watchCsv: (query: Readonly<Record<string, string>>) =>
      `/staff/watch/csv?${new URLSearchParams(query).toString()}`,
    retention: (query: Readonly<Record<string, string>> = {}) =>
      `/staff/retention${Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query).toString()}`}`,
    mail: () => "/staff/mail",
    mailbox: () => "/staff/mailbox",
    disputes: (page = 1) => (page === 1 ? "/staff/disputes" : `/staff/disputes?page=${page}`),
    dispute: (leadId: string, disputeId: string | null = null) =>
      `/staff/leads/${leadId}/dispute${disputeId === null ? "" : `?dispute=${disputeId}`}`,
    disputeMinutes: (leadId: string, disputeId: string) =>
      `/staff/leads/${leadId}/dispute/minutes?dispute=${disputeId}`,
    findings: (leadId: string) => `/staff/leads/${leadId}/findings`,
    rewards: () => "/staff/rewards",
    award: (id: string) => `/staff/rewards/${id}`,
    awardDecision: (id: string) => `/staff/rewards/${id}/decision`,
    objections: () => "/staff/rewards/objections",
    assess: (leadId?: string) =>
      leadId === undefined ? "/staff/rewards/assess" : `/staff/rewards/assess?lead=${leadId}`,
    budget: () => "/staff/budget",
    budgetActs: (awardId?: string) =>
      awardId === undefined ? "/staff/budget/acts" : `/staff/budget/acts?award=${awardId}`,
    payments: () => "/staff/payments",
    books: (query: Readonly<Record<string, string>> = {}) =>
      `/staff/books${Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query).toString()}`}`,
    booksPdf: (query: Readonly<Record<string, string>>) =>
      `/staff/books/pdf?${new URLSearchParams(query).toString()}`,
    booksFile: (format: string) => `/staff/books/file?format=${format}`,
    window: (query: Readonly<Record<string, string>> = {}) =>
      `/staff/window${Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query).toString()}`}`,
    windowSlip: (slip: string) => `/staff/window/slip/${slip}`,
    windowDay: (windowId: string, day: string) => `/staff/window/day/${windowId}/${day}`,
    payouts: () => "/staff/payouts",
    payoutBatch: (id: string) => `/staff/payouts/${id}`,
    payoutList: (id: string) => `/staff/payouts/${id}/pdf`,
    payoutAct: () => "/staff/payouts/act",
    reconciliation: () => "/staff/reconciliation",
    statement: () => "/staff/reconciliation/statement",
    handOn: (leadId: string) => `/staff/leads/${leadId}/hand`,
    routing: () => "/staff/routing",
    packVersions: () => "/staff/routing/versions",
    packProposal: (id: string) => `/staff/routing/versions/${id}`,
    schemes: () => "/staff/schemes",
    schemeProposal: (id: string) => `/staff/schemes/${id}`,
    bankFormat: () => "/staff/bank-format",
    bankFormatProposal: (id: string) => `/staff/bank-format/${id}`,
    people: () => "/staff/people",
    audit: () => "/staff/audit",
    access: () => "/staff/access",
    webauthn: () => "/staff/webauthn",
    sign: () => "/staff/sign",
    approvals: () => "/staff/approvals",
    approvalSet: (setId: string) => `/staff/approvals/${setId}`,
    deputies: () => "/staff/approvals/deputies",
    checkApproval: () => "/staff/approvals/check",
    awardClaim: (id: string) => `/staff/rewards/${id}/claim`,
    holdAward: (id: string) => `/staff/rewards/${id}/hold`,
    approvalBundle: (id: string) => `/staff/rewards/${id}/bundle`,
    keyring: () => "/staff/keyring",
    stepUp: () => "/staff/step-up",
    account: () => "/staff/account",
    ownKeys: () => "/staff/own-keys",
    keys: () => "/staff/keys",
    keysAct: () => "/staff/keys/act",
    staleKeys: (slot: string, after: string | null) =>
      `/staff/keys/act?${new URLSearchParams({ slot, ...(after === null ? {} : { after }) }).toString()}`,
    ceremony: () => "/staff/ceremony",
  },
} as const;

/** Whether a path, percent-encoded or not and in any case, is the staff side's: Remix matches it so too. */
export function isStaffPath(pathname: string): boolean {
  return /^\/+staff(?:[/.]|$)/.test(decoded(pathname).toLowerCase());
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
