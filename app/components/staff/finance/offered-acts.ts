import type { RequestKind } from "~server/ledger/ledger-requests";

type Row = {
  readonly asked: { readonly kind: RequestKind };
  readonly outcome: string | null;
  readonly order: { readonly state: string } | null;
};
type Award = {
  readonly status: string;
  readonly amountFen: bigint;
  readonly byHand: object | null;
  /** Whether it is on its way to the bank by a line of a batch. */
  readonly onLine: boolean;
  /** Whether it is on hold: nothing of it is paid, and two may still revoke it. */
  readonly held: boolean;
  readonly clawback: { readonly orderedFen: bigint; readonly settledFen: bigint };
};

/**
 * The acts by two that may be asked for: of one award, or of the budgets where none is named. Of an award, what was asked
 * for and waits (`waiting`) is not offered again; it would be refused.
 */
export function offeredActs(
  award: Award | null,
  rows: readonly Row[],
): { readonly offered: readonly RequestKind[]; readonly waiting: readonly RequestKind[] } {
  if (award === null) return { offered: ["adjust", "open", "close_month", "close_year"], waiting: [] };
  const possible = actsOf(award, rows);
  const asked = rows.filter(({ outcome }) => outcome === null).map((row) => row.asked.kind);
  return {
    offered: possible.filter((kind) => !asked.includes(kind)),
    waiting: possible.filter((kind) => asked.includes(kind)),
  };
}

function actsOf(
  { status, amountFen, byHand, onLine, held, clawback }: Award,
  rows: readonly Row[],
): readonly RequestKind[] {
  if (status === "paid") {
    return [
      ...(byHand !== null && clawback.orderedFen === 0n ? (["bounce"] as const) : []),
      // What was ordered back whole cannot be ordered back once more.
      ...(clawback.orderedFen < amountFen ? (["clawback"] as const) : []),
      ...(clawback.orderedFen > clawback.settledFen ? (["write_off"] as const) : []),
    ];
  }
  if (status === "posted") {
    // What is on a line is neither ordered by hand nor revoked before the bank has answered, or the batch is cancelled.
    if (onLine) return [];
    const states = rows.map(({ order }) => order?.state);
    return [
      ...(held || states.includes("stands") ? [] : (["pay"] as const)),
      ...(states.includes("stands") || states.includes("over") ? (["end_order"] as const) : []),
      "revoke",
    ];
  }
  return ["approved", "accepted"].includes(status) ? ["revoke"] : [];
}
