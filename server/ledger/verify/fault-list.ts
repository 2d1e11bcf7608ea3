/** One thing that is wrong, and the row it was found in. `rule` starts with the invariant's number. */
export type LedgerFault = {
  readonly rule: string;
  readonly table: string;
  readonly id: string;
  readonly detail: string;
};

export type Counts = Record<string, number>;

/** Collects faults and counts. Only the first hundred are kept, so that memory stays flat; the number is exact. */
export type Findings = {
  readonly faults: LedgerFault[];
  readonly checked: Counts;
  fault(rule: string, table: string, id: string, detail: string): void;
  count(what: string): void;
  total(): number;
};

const KEPT = 100;

/** `onCount` hears of every row that is looked at. */
export function collectFindings(onCount: () => void = () => undefined): Findings {
  const faults: LedgerFault[] = [];
  const checked: Counts = {};
  let total = 0;
  return {
    faults,
    checked,
    fault(rule, table, id, detail) {
      total += 1;
      if (faults.length < KEPT) faults.push({ rule, table, id, detail });
    },
    count(what) {
      checked[what] = (checked[what] ?? 0) + 1;
      onCount();
    },
    total: () => total,
  };
}
