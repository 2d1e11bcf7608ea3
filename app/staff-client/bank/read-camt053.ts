import { XMLParser } from "fast-xml-parser";
import type { BankStatus, StatementLine } from "~/forms/statement-line";
import { allRead, ownReference, readAmount, readDay, type ReadStatement } from "./statement";

/** Bytes of a statement at most. */
export const MAX_STATEMENT_BYTES = 20_000_000;

const NAMESPACES = ["02", "06", "08"].map(
  (version) => `urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}`,
);

type Node = { readonly [name: string]: unknown };

/**
 * Reads a camt.053 statement (001.02, .06, .08) into bare lines: end-to-end id, amount, day and status of each booked or
 * pending transaction, those of a batch booking one by one. Nobody's name, account or text is kept. A document type
 * declaration is refused and no entity is expanded. null where it is not such a statement, or a figure cannot be read:
 * `tell` hears of which line.
 */
export function readCamt053(
  xml: string,
  tell: (line: number) => void = () => undefined,
): ReadStatement | null {
  if (xml.length > MAX_STATEMENT_BYTES || /<!DOCTYPE|<!ENTITY/i.test(xml)) return null;
  if (!NAMESPACES.some((name) => xml.includes(`"${name}"`) || xml.includes(`'${name}'`))) return null;
  try {
    const parsed = new XMLParser({
      removeNSPrefix: true,
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      parseTagValue: false,
      parseAttributeValue: false,
      processEntities: false,
      htmlEntities: false,
      maxNestedTags: 40,
      // One or many of them: always a list.
      isArray: (name) => ["Stmt", "Bal", "Ntry", "NtryDtls", "TxDtls"].includes(name),
    }).parse(xml, true) as Node;
    const statements = list(at(parsed, "Document", "BkToCstmrStmt"), "Stmt");
    const [statement] = statements;
    if (statement === undefined || statements.length > 1) return null;
    const lines = allRead(list(statement, "Ntry").flatMap(readEntry), tell);
    if (lines === null) return null;
    return {
      lines,
      closingFen: balance(statement, "CLBD"),
      openingFen: balance(statement, "OPBD"),
      closedOn: day(at(statement, "FrToDt", "ToDtTm")) ?? balanceDay(statement),
    };
  } catch {
    return null;
  }
}

function readEntry(entry: Node): (StatementLine | null)[] {
  const booked = status(entry);
  const date = day(at(entry, "BookgDt", "Dt") ?? at(entry, "BookgDt", "DtTm") ?? at(entry, "ValDt", "Dt"));
  const direction = text(at(entry, "CdtDbtInd"));
  const parts = list(entry, "NtryDtls").flatMap((details) => list(details, "TxDtls"));
  if (date === null || booked === null) return [null];
  const reversal = isReversal(entry);
  if (reversal === null) return [null];
  const whole = amountOf(entry);
  if (parts.length === 0) return [line(entry, { whole, date, booked, direction })];
  // A reversal's entry says which way money went: its parts may tell of the payment it takes back.
  const directionOf = (part: Node) => (reversal ? direction : (text(at(part, "CdtDbtInd")) ?? direction));
  // The amount of a single transaction may be told by its entry alone.
  const read = parts.map((part) =>
    line(part, {
      whole: amountOf(part) ?? (parts.length === 1 ? whole : null),
      date,
      booked,
      direction: directionOf(part),
    }),
  );
  const sum = read.reduce((total, each, index) => {
    const fen = BigInt(each?.amountFen ?? "0");
    return directionOf(parts[index] ?? entry) === direction ? total + fen : total - fen;
  }, 0n);
  // A batch booking whose parts do not give its sum, and its direction, is not taken apart by guessing.
  return whole !== null && sum !== whole ? [null] : read;
}

function line(
  node: Node,
  of: { whole: bigint | null; date: string; booked: "booked" | "pending"; direction: string | null },
): StatementLine | null {
  if (of.whole === null || of.whole <= 0n) return null;
  if (of.direction !== "DBIT" && of.direction !== "CRDT") return null;
  const came = of.direction === "CRDT";
  const back = at(node, "RtrInf") !== undefined;
  const said: BankStatus = of.booked === "pending" ? "pending" : !came ? "out" : back ? "returned" : "in";
  return {
    endToEndId: ownReference(
      text(at(node, "Refs", "EndToEndId")),
      // What a cashier types as the purpose of a transfer; of a text that is there twice nothing is read.
      text(at(node, "RmtInf", "Ustrd")),
      text(at(node, "AddtlTxInf")),
      text(at(node, "AddtlNtryInf")),
    ),
    amountFen: of.whole.toString(),
    date: of.date,
    status: said,
  };
}

/**
 * Whether an entry takes an earlier one back (`RvslInd`); null where that cannot be read. Its own `CdtDbtInd` is the
 * direction of the reversal itself: that of a debit is a credit.
 */
function isReversal(entry: Node): boolean | null {
  const said = at(entry, "RvslInd");
  if (said === undefined) return false;
  const word = text(said);
  return word === "true" || word === "1" ? true : word === "false" || word === "0" ? false : null;
}

/** `Sts` is a word in 001.02 and a code below it from 001.06 on. */
function status(entry: Node): "booked" | "pending" | null {
  const code = text(at(entry, "Sts", "Cd")) ?? text(at(entry, "Sts"));
  return code === "BOOK" ? "booked" : code === "PDNG" ? "pending" : null;
}

function amountOf(node: Node): bigint | null {
  const amount = at(node, "Amt") ?? at(node, "AmtDtls", "TxAmt", "Amt");
  if (amount === undefined) return null;
  const currency = typeof amount === "object" ? (amount as Node)["@Ccy"] : undefined;
  if (currency !== undefined && currency !== "CNY") return null;
  return readAmount(text(amount) ?? "", "yuan");
}

function balance(statement: Node, code: string): bigint | null {
  const found = list(statement, "Bal").find((each) => text(at(each, "Tp", "CdOrPrtry", "Cd")) === code);
  if (found === undefined) return null;
  const fen = readAmount(text(at(found, "Amt")) ?? "", "yuan");
  if (fen === null) return null;
  return text(at(found, "CdtDbtInd")) === "DBIT" ? -fen : fen;
}

function balanceDay(statement: Node): string | null {
  const found = list(statement, "Bal").find((each) => text(at(each, "Tp", "CdOrPrtry", "Cd")) === "CLBD");
  return found === undefined ? null : day(at(found, "Dt", "Dt"));
}

function at(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (now, name) =>
      typeof now === "object" && now !== null && Object.hasOwn(now, name) ? (now as Node)[name] : undefined,
    node,
  );
}

function list(node: unknown, name: string): Node[] {
  const found = at(node, name);
  return Array.isArray(found) ? (found as Node[]) : [];
}

/** The text of an element, with or without attributes. */
function text(node: unknown): string | null {
  if (typeof node === "string") return node.trim();
  const inner = at(node, "#text");
  return typeof inner === "string" ? inner.trim() : null;
}

function day(value: unknown): string | null {
  const said = text(value)?.slice(0, 10) ?? "";
  return /^\d{4}-\d{2}-\d{2}$/.test(said) ? readDay(said) : null;
}
