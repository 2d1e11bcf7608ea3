/** One posting as the journal has it, and what two people agreed to, both as plain words. Amounts in 分. */
export type AgreedPosting = {
  readonly event: string;
  readonly eventOn: string;
  readonly key: string;
  readonly fund: string;
  readonly corrects: string | null;
  readonly entries: readonly {
    readonly debit: string;
    readonly credit: string;
    readonly amount: string;
    readonly budget: string | null;
  }[];
  /** Of the budgets its entries touch: whose money, of which year. */
  readonly budgets: readonly BudgetWords[];
  /** Of its award: what it is worth, and the fund it is paid out of. */
  readonly awardAmount: string | null;
  readonly awardFund: string | null;
  /** What it carries of awards into the next year, of a year's closing. */
  readonly carried: string | null;
};

export type BudgetWords = {
  readonly id: string;
  readonly fund: string;
  readonly slug: string;
  readonly source: string;
  readonly agency: string;
  readonly year: number;
};

export type AgreedRequest = {
  readonly kind: string;
  readonly amount: string | null;
  readonly eventOn: string | null;
  readonly budget: BudgetWords | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** The day (China) it was agreed to, and the agency of who agreed. */
  readonly decidedOn: string | null;
  readonly decidersAgency: string | null;
  /** Of a bounce: what the payment was. */
  readonly payoutAmount: string | null;
};

export type Difference = { readonly what: "amount" | "budget" | "day" | "subject"; readonly detail: string };

/** Kinds whose day is the day of the agreement. */
const ON_THE_DAY = new Set(["revoke", "clawback", "write_off", "close_year"]);

/** Where a posting differs from what two agreed to: its amount, its budget (source × year × agency), its day, its subject. */
export function compareAgreed(posting: AgreedPosting, asked: AgreedRequest): Difference[] {
  const found: Difference[] = [];
  const differs = (what: Difference["what"], posted: string | null, agreed: string | null) => {
    if (posted !== agreed) found.push({ what, detail: `${String(posted)}, agreed ${String(agreed)}` });
  };
  const { books, adjusted } = sumUp(posting);
  const agreedAmount = amountOf(posting, asked);
  if (agreedAmount !== undefined)
    for (const sum of asked.kind === "adjust" ? [adjusted] : books)
      differs("amount", sum.toString(), agreedAmount);
  if (asked.kind !== "pay")
    differs("day", posting.eventOn, ON_THE_DAY.has(asked.kind) ? asked.decidedOn : asked.eventOn);
  if (posting.awardFund !== null) differs("budget", posting.fund, posting.awardFund);
  compareBudgets(posting, asked, differs);
  if (asked.kind === "adjust") differs("subject", posting.corrects, wordOf(asked.data, "corrects"));
  if (asked.kind === "bounce")
    differs("subject", posting.key, `award.bounced:${String(wordOf(asked.data, "payout"))}`);
  return found;
}

/** The amount of each book (of each year, where two carry one over), and what it does to what is available. */
function sumUp({ entries }: AgreedPosting): { books: readonly bigint[]; adjusted: bigint } {
  const books = new Map<string, bigint>();
  let adjusted = 0n;
  for (const { debit, credit, amount, budget } of entries) {
    const fen = BigInt(amount);
    books.set(budget ?? "", (books.get(budget ?? "") ?? 0n) + fen);
    if (debit === "available") adjusted += fen;
    if (credit === "available") adjusted -= fen;
  }
  return { books: [...books.values()], adjusted };
}

/** What two agreed to, or what it is of; undefined where the books alone say it, as of a year's rest. */
function amountOf(posting: AgreedPosting, asked: AgreedRequest): string | null | undefined {
  switch (asked.kind) {
    case "revoke":
    case "pay":
      return posting.awardAmount;
    case "bounce":
      return asked.payoutAmount;
    case "close_year":
      if (posting.event === "year.encumbered_carried") return posting.carried;
      return posting.event === "year.available_carried" && asked.data.carry !== true ? "0" : undefined;
    default:
      return asked.amount;
  }
}

function compareBudgets(
  posting: AgreedPosting,
  asked: AgreedRequest,
  differs: (what: "budget", posted: string | null, agreed: string | null) => void,
): void {
  if (asked.kind === "open") {
    const agency = wordOf(asked.data, "agency") ?? asked.decidersAgency;
    const agreed = spell({ ...asked.data, agency });
    for (const budget of posting.budgets) {
      const { slug, source, year: fiscalYear } = budget;
      differs("budget", spell({ slug, source, fiscalYear, agency: budget.agency }), agreed);
      differs("budget", posting.fund, budget.fund);
    }
    if (posting.budgets.length !== 1) differs("budget", String(posting.budgets.length), "1");
    return;
  }
  if (asked.budget === null) return;
  const { id, fund, year } = asked.budget;
  differs("budget", posting.fund, fund);
  // A year's closing leaves the year agreed to, for the next one of its fund.
  const carries = asked.kind === "close_year" && posting.event !== "year.lapsed";
  const left = posting.entries.filter(({ debit }) => debit === "appropriation").map(({ budget }) => budget);
  for (const from of carries ? left : posting.entries.map(({ budget }) => budget))
    differs("budget", from, id);
  if (!carries) return;
  const into = posting.budgets.filter((budget) => budget.id !== id);
  differs("budget", into.map((budget) => `${budget.fund} ${budget.year}`).join(), `${fund} ${year + 1}`);
}

function spell(of: Readonly<Record<string, unknown>>): string {
  return ["slug", "source", "fiscalYear", "agency"].map((name) => String(of[name])).join(" × ");
}

function wordOf(data: Readonly<Record<string, unknown>>, name: string): string | null {
  const word = data[name];
  return typeof word === "string" ? word : null;
}
