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
  const { scheme, sha256 } = parseScheme({ ...base, id, stages, approval: { ...base.approval, ladder } }, id);
  const { from: effectiveFrom, to: effectiveTo } = scheme.effective;
  await db.orm
    .insert(schemes)
    .values({ schemeId: id, version: scheme.version, sha256, content: scheme, effectiveFrom, effectiveTo });
  return id;
}
