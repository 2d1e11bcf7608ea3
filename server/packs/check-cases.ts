// Whether the rules of a row answer every case, each by one rule: no rule is dead, none contradicts another in
// silence, and nothing is left open. The cases are few (what conditions can tell apart), so all of them are tried.
import type { PackFault } from "~server/packs/check-pack";
import type { Condition, Pack, PackRow } from "~server/packs/grammar";
import { foldWord } from "~server/packs/read-substance";

/** `substance` null: none is given; OTHER: one the row does not know. */
type Case = { substance: string | null; licensed: boolean | null; nested: boolean };

const OTHER = "\u0000";

function casesOf(row: PackRow): Case[] {
  const substances = [null, OTHER, ...(row.substances ?? []).map(({ name }) => name)];
  return substances.flatMap((substance) =>
    [null, true, false].flatMap((licensed) =>
      [false, true].map((nested) => ({ substance, licensed, nested })),
    ),
  );
}

function holds(when: Condition | undefined, { substance, licensed, nested }: Case): boolean {
  if (when?.licensed !== undefined && when.licensed !== licensed) return false;
  if (when?.nested !== undefined && when.nested !== nested) return false;
  if (when?.substance === undefined) return true;
  if (when.substance === "any") return substance !== null;
  if (when.substance === "none") return substance === null;
  return substance !== null && when.substance.includes(substance);
}

function say({ substance, licensed, nested }: Case): string {
  const what =
    substance === null
      ? "no substance"
      : substance === OTHER
        ? "another substance"
        : `substance ${JSON.stringify(substance)}`;
  return `${what}, licensed ${licensed ?? "unknown"}, nested ${nested}`;
}

function findSubstanceFault(row: PackRow, at: number): PackFault | null {
  const known = new Set<string>();
  for (const [index, { name, aliases }] of (row.substances ?? []).entries()) {
    for (const word of [name, ...aliases]) {
      const plain = foldWord(word);
      if (known.has(plain)) {
        return { path: ["rows", at, "substances", index], fault: `duplicate substance "${word}"` };
      }
      known.add(plain);
    }
  }
  const names = new Set((row.substances ?? []).map(({ name }) => name));
  for (const [index, { id, when }] of row.rules.entries()) {
    const path = ["rows", at, "rules", index, "when", "substance"];
    if (when?.substance === undefined) continue;
    if (row.substances === undefined) {
      return { path, rule: id, fault: "the row must list the substances it knows" };
    }
    if (!Array.isArray(when.substance)) continue;
    const lost = (when.substance as readonly string[]).findIndex((name) => !names.has(name));
    if (lost >= 0) {
      return { path: [...path, lost], rule: id, fault: `unknown substance "${when.substance[lost]}"` };
    }
  }
  const asked = new Set(
    row.rules.flatMap(({ when }) => (Array.isArray(when?.substance) ? (when.substance as string[]) : [])),
  );
  const idle = (row.substances ?? []).findIndex(({ name }) => !asked.has(name));
  if (idle < 0) return null;
  return {
    path: ["rows", at, "substances", idle],
    fault: `no rule speaks of substance "${row.substances?.[idle]?.name}"`,
  };
}

/**
 * The first fault among the cases of a row. Of two rules that hold in one case, the earlier must be the narrower (an
 * exception before its rule); otherwise the order alone would decide between them, and nobody wrote that down.
 */
export function findCaseFault(row: PackRow, at: number): PackFault | null {
  const fault = findSubstanceFault(row, at);
  if (fault) return fault;
  const cases = casesOf(row);
  const taken = new Set<Case>();
  const before: { id: string; held: Case[] }[] = [];
  for (const [index, { id, when }] of row.rules.entries()) {
    const path = ["rows", at, "rules", index];
    const held = cases.filter((one) => holds(when, one));
    const wider = before.find((other) => held.every((one) => other.held.includes(one)));
    if (wider) return { path, rule: id, fault: `can never apply: ${wider.id} is tried first` };
    if (held.every((one) => taken.has(one))) {
      return { path, rule: id, fault: "can never apply: the rules before it take every case" };
    }
    for (const other of before) {
      const shared = held.find((one) => other.held.includes(one));
      if (shared && !other.held.every((one) => held.includes(one))) {
        return { path, rule: id, fault: `overlaps ${other.id}: both hold for ${say(shared)}` };
      }
    }
    held.forEach((one) => taken.add(one));
    before.push({ id, held });
  }
  const open = cases.find((one) => !taken.has(one));
  if (open === undefined) return null;
  const last = row.rules.at(-1)?.id;
  return { path: ["rows", at, "rules"], rule: last, fault: `a case is left open: ${say(open)}` };
}

/** The plan's rule for nested business must reach some row. */
export function findNestedFault(pack: Pack): PackFault | null {
  if (!pack.nested) return null;
  const reached = pack.rows.some((row) => row.rules.every(({ when }) => when?.nested === undefined));
  if (reached) return null;
  return { path: ["nested"], rule: pack.nested.id, fault: "can never apply: every row speaks of nesting" };
}
