import type { RouteAccess } from "./access-table";

const FINANCE = ["finance_preparer", "finance_reviewer", "finance_approver"] as const;

/** The rows of the access table for rewards, approvals, budgets, payments, windows and books. */
export const MONEY_ACCESS = {
  "routes/staff.rewards": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: FINANCE },
    scope: "portal",
  },
  // The underscore keeps these two out of the list's page; their addresses are still below /staff/rewards.
  "routes/staff.rewards_.$awardId": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: FINANCE },
    scope: "portal",
  },
  "routes/staff.rewards_.$awardId_.decision": {
    read: { roles: [...FINANCE, "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  "routes/staff.rewards_.objections": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: ["finance_preparer", "finance_reviewer", "finance_approver"] },
    scope: "portal",
  },
  "routes/staff.rewards_.assess": {
    read: { roles: ["finance_preparer"] },
    write: { roles: ["finance_preparer"] },
    scope: "portal",
  },
  "routes/staff.rewards_.$awardId_.hold": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: ["finance_reviewer", "finance_approver"] },
    scope: "portal",
  },
  "routes/staff.rewards_.$awardId_.claim": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: FINANCE },
    scope: "portal",
  },
  "routes/staff.rewards_.$awardId_.bundle": {
    read: { roles: [...FINANCE, "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  "routes/staff.approvals": { read: { roles: FINANCE }, write: { roles: FINANCE }, scope: "portal" },
  "routes/staff.approvals_.$setId": { read: { roles: FINANCE }, write: { roles: FINANCE }, scope: "own" },
  /** Deputies and limits: who may sign for whom, and up to what. */
  "routes/staff.approvals_.deputies": {
    read: { roles: [...FINANCE, "auditor", "administrator"] },
    write: { roles: [...FINANCE, "administrator"] },
    scope: "people",
  },
  "routes/staff.approvals_.check": {
    read: { roles: [...FINANCE, "auditor"] },
    write: "nobody",
    scope: "none",
  },
  /** A JSON endpoint: its loader answers 404 to everyone. */
  "routes/staff.sign": { read: "nobody", write: { roles: FINANCE }, scope: "portal" },
  "routes/staff.budget": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: FINANCE },
    scope: "portal",
  },
  /** Acts on money that take two of finance: adjustments, revocations, claw-backs, closings. */
  "routes/staff.budget_.acts": {
    read: { roles: [...FINANCE, "auditor"] },
    write: { roles: FINANCE },
    scope: "portal",
  },
  "routes/staff.payments": {
    read: { roles: ["cashier", ...FINANCE, "auditor"] },
    write: { roles: ["cashier", ...FINANCE] },
    scope: "portal",
  },
  /** The books: a month's vouchers, its printed documents, and the whole ledger as a file. */
  "routes/staff.books": {
    read: { roles: [...FINANCE, "cashier", "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  "routes/staff.books_.pdf": {
    read: { roles: [...FINANCE, "cashier", "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  "routes/staff.books_.file": {
    read: { roles: [...FINANCE, "cashier", "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  /** Paying windows: who pays, who brings the cash, who sets them up, and auditors. */
  "routes/staff.window": {
    read: { roles: ["window_clerk", "cashier", ...FINANCE, "administrator", "auditor"] },
    write: { roles: ["window_clerk", "cashier", ...FINANCE, "administrator"] },
    scope: "portal",
  },
  "routes/staff.window_.slip.$slip": {
    read: { roles: ["window_clerk", "cashier", ...FINANCE, "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  "routes/staff.window_.day.$windowId.$day": {
    read: { roles: ["window_clerk", "cashier", ...FINANCE, "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  /** Payout batches; the third is the JSON endpoint of a batch's page, the fourth its printed list. */
  "routes/staff.payouts": {
    read: { roles: ["cashier", ...FINANCE, "auditor"] },
    write: { roles: ["finance_preparer", "finance_reviewer"] },
    scope: "portal",
  },
  "routes/staff.payouts_.$batchId": {
    read: { roles: ["cashier", ...FINANCE, "auditor"] },
    write: { roles: ["cashier", ...FINANCE] },
    scope: "portal",
  },
  "routes/staff.payouts_.act": {
    read: "nobody",
    write: { roles: ["cashier", "finance_reviewer", "finance_approver"] },
    scope: "portal",
  },
  "routes/staff.payouts_.$batchId_.pdf": {
    read: { roles: ["cashier", ...FINANCE, "auditor"] },
    write: "nobody",
    scope: "portal",
  },
  /** The bank's statements; the second takes their bare lines as JSON. */
  "routes/staff.reconciliation": {
    read: { roles: ["cashier", ...FINANCE, "auditor"] },
    write: { roles: ["cashier", "finance_preparer", "finance_reviewer"] },
    scope: "portal",
  },
  "routes/staff.reconciliation_.statement": {
    read: "nobody",
    write: { roles: ["cashier"] },
    scope: "portal",
  },
  /** Versions of reward schemes on their way into force; nobody sees a lead by them, only how many are undecided. */
  "routes/staff.schemes": {
    read: { roles: ["administrator", "auditor", ...FINANCE] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
  "routes/staff.schemes_.$proposalId": {
    read: { roles: ["administrator", "auditor", ...FINANCE] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
  /** How the bank wants its files: the office's own account and the columns, set by two administrators. */
  "routes/staff.bank-format": {
    read: { roles: ["administrator", "auditor", "cashier", ...FINANCE] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
  "routes/staff.bank-format_.$proposalId": {
    read: { roles: ["administrator", "auditor", "cashier", ...FINANCE] },
    write: { roles: ["administrator"] },
    scope: "people",
  },
} as const satisfies Record<string, RouteAccess>;
