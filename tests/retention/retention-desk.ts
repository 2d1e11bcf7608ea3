import type { TestDatabase } from "~tests/setup/database";

/** What a test of destruction asks the database for, and how it closes a lead on `closedAt`. */
export function retentionDesk(test: TestDatabase, closedAt: Date) {
  return {
    close: async (leadId: string, code = "unsubstantiated"): Promise<void> => {
      await test.owner.query(
        "update leads set stage = 'closed', closure_code = $2, closed_at = $3 where id = $1",
        [leadId, code, closedAt],
      );
    },
    /** The batch two people are at work on; empty texts where there is none. */
    openBatch: async (): Promise<{ id: string; set: string }> => {
      const { rows } = await test.owner.query<{ id: string; set: string }>(
        "select id, encode(set_sha256, 'hex') as set from deletion_batches where state in ('drawn', 'proposed', 'approved')",
      );
      return rows[0] ?? { id: "", set: "" };
    },
    numberOf: async (leadId: string): Promise<number> => {
      const { rows } = await test.owner.query<{ number: string }>("select number from leads where id = $1", [
        leadId,
      ]);
      return Number(rows[0]?.number);
    },
    /** Of each report of a batch, what became of it. */
    outcomes: async (batchId: string): Promise<Record<string, string | null>> => {
      const { rows } = await test.owner.query<{ tip: string; outcome: string | null }>(
        "select tip_id as tip, outcome from deletion_items where batch_id::text = $1",
        [batchId],
      );
      return Object.fromEntries(rows.map(({ tip, outcome }) => [tip, outcome]));
    },
  };
}
