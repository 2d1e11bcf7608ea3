import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** What happens to one award of the storm, act after act, each by whom it is due. */
export const STORIES = {
  paid: ["found", "assess", "prepare", "review", "approve", "accept", "post", "pay", "bounce", "pay_again"],
  batched: [
    ...["found", "assess", "prepare", "review", "approve", "accept", "details", "post"],
    ...["freeze", "release_first", "release_second", "cancel", "pay"],
  ],
  window: ["found", "assess", "prepare", "review", "approve", "accept", "post", "code", "pay_window"],
  lapsed: ["found", "assess", "prepare", "review", "approve", "lapse"],
  revoked: ["found", "assess", "prepare", "review", "approve", "ask_revoke", "agree_revoke"],
  revoked_late: [
    ...["found", "assess", "prepare", "review", "approve", "accept", "post"],
    ...["ask_revoke", "agree_revoke"],
  ],
  clawed_back: [
    ...["found", "assess", "prepare", "review", "approve", "accept", "post", "pay"],
    ...["ask_clawback", "agree_clawback", "receive_clawback"],
  ],
  money: ["funds", "float"],
} as const;

export type StoryName = keyof typeof STORIES;
export type Act = (typeof STORIES)[StoryName][number];

/** What a story knows so far: keys it was given before the act, and ids that acts answered with. */
export type Facts = Readonly<Record<string, string>>;

/**
 * One line of the worker's log. `asked` is written before the act with the keys it will use, `told` after the caller was
 * answered: what is told may never be lost.
 */
export type LogLine = {
  readonly story: string;
  readonly name: StoryName;
  readonly lane: number;
  readonly step: number;
  readonly act: Act;
  readonly phase: "asked" | "told" | "refused";
  readonly facts: Facts;
};

/** The whole lines of a log; the last may have been cut off by a kill, and was then told to nobody. */
export function readLog(file: string): LogLine[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const lines: LogLine[] = [];
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    if (line === "") continue;
    try {
      lines.push(JSON.parse(line) as LogLine);
    } catch {
      // A killed writer's torn line, ended by the next writer's newline.
    }
  }
  return lines;
}

/** Ends a torn last line, so that the next one stands alone. */
export function mendLog(file: string): void {
  if (existsSync(file) && !readFileSync(file, "utf8").endsWith("\n")) appendFileSync(file, "\n");
}

/** How often an act took effect, asked of the database: 1 once it was told, never more. Null: it has no row of its own. */
export function effectOf(act: Act, facts: Facts): { text: string; values: string[] } | null {
  const fact = (name: string) => facts[name] ?? "";
  const counted = (from: string, ...values: string[]) => ({
    text: `select count(*)::int as n from ${from}`,
    values,
  });
  const posted = (event: string) =>
    counted("ledger_transactions where award_id = $1 and event = $2", fact("awardId"), event);
  const signed = (action: string) =>
    counted(
      "approval_steps s join vouchers v on v.id = s.voucher_id where v.award_id = $1 and s.action = $2",
      ...[fact("awardId"), action],
    );
  switch (act) {
    case "found":
    case "details":
    case "code":
      return null;
    case "assess":
      return counted("awards where lead_id = $1", fact("leadId"));
    case "prepare":
    case "review":
      return signed(act);
    case "approve":
      return posted("award.encumbered");
    case "accept":
      return counted("awards where id = $1 and accepted_on is not null", fact("awardId"));
    case "post":
      return posted("award.posted");
    case "pay":
    case "pay_again":
      return counted(
        "payouts p join ledger_transactions t on t.id = p.transaction_id where p.reference = $1 and p.award_id = $2",
        ...[fact(act), fact("awardId")],
      );
    case "pay_window":
      return posted("award.paid");
    case "bounce":
      return posted("award.bounced");
    case "lapse":
      return posted("award.lapsed");
    case "freeze":
      return counted("payout_lines where award_id = $1", fact("awardId"));
    case "release_first":
    case "release_second":
      return counted(
        "batch_releases where batch_id = $1 and position = $2::int",
        ...[fact("batchId"), act === "release_first" ? "1" : "2"],
      );
    case "cancel":
      return counted("payout_batches where id = $1 and status = 'cancelled'", fact("batchId"));
    case "ask_revoke":
    case "ask_clawback":
      return counted("ledger_requests where id = $1", fact("requestId"));
    case "agree_revoke":
    case "agree_clawback":
      return counted("ledger_transactions where request_id = $1", fact("requestId"));
    case "receive_clawback":
      return posted("clawback.received");
    case "funds":
      return counted("ledger_transactions where idempotency_key = $1", `funds.received:${fact("key")}`);
    case "float":
      return counted(
        "ledger_transactions t join window_movements m on m.transaction_id = t.id where t.idempotency_key = $1",
        `float.topped_up:${fact("key")}`,
      );
  }
}
