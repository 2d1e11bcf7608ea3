import type { Database } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { loadScheme, parseScheme } from "~server/rewards/load-scheme.server";

let made = 0;

/**
 * jinhua-default with stages and a ladder of its own: from `fromFen` on (included) two approvers sign, or finance is
 * consulted. Answers its id.
 */
export async function makeLadderScheme(
  db: Database,
  fromFen: string,
  asks: { approvers?: 2; consult?: ["finance"] },
): Promise<string> {
  const { scheme: base } = loadScheme("jinhua-default");
  const [low] = base.approval.ladder;
  if (low === undefined) throw new Error("no ladder to start from");
  made += 1;
  const id = `ladder-${made}`;
  const stages = ["interim", "final"].map((each) => ({ id: each, clause: "测试", title: low.title }));
  const ladder = [
    { ...low, consult: [], from: null, to: { value: fromFen, inclusive: false } },
    { ...low, consult: [], ...asks, from: { value: fromFen, inclusive: true }, to: null },
  ];
  // Each stage pays the whole amount: a declared stage is one that a rate or a rule asks for.
  const [words] = base.caps;
  if (words === undefined) throw new Error("no words to start from");
  const { clause, title, note } = words;
  const factors = stages.map((stage) => ({
    ...{ clause, title, note, multiplyBy: "1", consent: null },
    when: { kind: "stage", id: stage.id },
  }));
  const approval = { ...base.approval, ladder };
  const { scheme, sha256 } = parseScheme({ ...base, id, stages, factors, approval }, id);
  const { from: effectiveFrom, to: effectiveTo } = scheme.effective;
  await db.orm
    .insert(schemes)
    .values({ schemeId: id, version: scheme.version, sha256, content: scheme, effectiveFrom, effectiveTo });
  return id;
}
