import { parse } from "csv-parse/sync";
import { XMLParser } from "fast-xml-parser";
import fc from "fast-check";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { nameBank, transferSchema } from "~/forms/claim";
import { bankFormatSchema, DEFAULT_BANK_FORMAT, type BankFormat } from "~/forms/bank-format";
import { encodeGb18030 } from "~/staff-client/bank/gb18030";
import { endToEndId, type Payment } from "~/staff-client/bank/payment";
import { writeBankCsv } from "~/staff-client/bank/write-bank-csv";
import { writePain001 } from "~/staff-client/bank/write-pain001";
import { PAIN001_XSD } from "./pain001-schema";

const schema = XsdValidator.fromDoc(XmlDocument.fromString(PAIN001_XSD));
const format = DEFAULT_BANK_FORMAT;

const payee = { name: "欧阳·阿卜杜拉", account: "6222000000000000001", bankName: "某某银行", bankCode: null };
const payment = (over: Partial<Payment> = {}): Payment => ({
  position: 1,
  endToEndId: endToEndId(uuidv7()),
  amountFen: 4_999_500n,
  payee,
  ...over,
});
const write = (payments: readonly Payment[]) =>
  writePain001({
    batch: "PB2026-0007",
    createdAt: "2026-06-01T02:00:00Z",
    executeOn: "2026-06-01",
    payments,
    format,
  });

function validate(xml: string): void {
  const document = XmlDocument.fromString(xml);
  try {
    schema.validate(document);
  } finally {
    document.dispose();
  }
}

const anyText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const anyPayment = fc
  .record({
    name: anyText,
    account: anyText,
    bankName: anyText,
    bankCode: fc.option(fc.stringMatching(/^\d{12}$/)),
  })
  .chain((given) => fc.record({ payee: fc.constant(given), amountFen: fc.bigInt(1n, 10n ** 14n) }));

describe("pain.001", () => {
  it("any payee text gives valid XML that reads back, or no file at all", () => {
    fc.assert(
      fc.property(fc.array(anyPayment, { minLength: 1, maxLength: 4 }), (given) => {
        const payments = given.map((each, at) => payment({ ...each, position: at + 1 }));
        const written = write(payments);
        if (!written.ok) {
          expect(written.fault.why).toBe("text");
          return;
        }
        validate(written.file);
        const read = new XMLParser({
          parseTagValue: false,
          trimValues: false,
          isArray: (name) => name === "CdtTrfTxInf",
        }).parse(written.file) as {
          Document: {
            CstmrCdtTrfInitn: { GrpHdr: Record<string, string>; PmtInf: { CdtTrfTxInf: unknown[] } };
          };
        };
        const { GrpHdr, PmtInf } = read.Document.CstmrCdtTrfInitn;
        const sum = payments.reduce((total, { amountFen }) => total + amountFen, 0n);
        expect(GrpHdr.NbOfTxs).toBe(String(payments.length));
        expect(BigInt((GrpHdr.CtrlSum ?? "").replace(".", ""))).toBe(sum);
        expect(PmtInf.CdtTrfTxInf).toMatchObject(
          payments.map(({ endToEndId: id, payee: to }) => ({
            PmtId: { EndToEndId: id },
            Cdtr: { Nm: to.name },
            CdtrAcct: { Id: { Othr: { Id: to.account } } },
            CdtrAgt: { FinInstnId: { Nm: to.bankName } },
            RmtInf: { Ustrd: format.purpose },
          })),
        );
      }),
      { numRuns: 150 },
    );
  });

  it("a payee without a bank code, as nobody is asked for one, is named by the bank in both kinds of file", () => {
    const written = write([payment()]);
    if (!written.ok) throw new Error("no file");
    validate(written.file);
    const [, agent] = /<CdtrAgt>(.*?)<\/CdtrAgt>/.exec(written.file) ?? [];
    expect(agent).toBe("<FinInstnId><Nm>某某银行</Nm></FinInstnId>");
    const csv = writeBankCsv([payment()], format);
    if (!csv.ok) throw new Error("no file");
    const [header, row] = parse(new TextDecoder().decode(csv.file), { bom: true, columns: false });
    expect(row?.[header?.indexOf("行号") ?? -1]).toBe("");
  });

  it("whatever an informant may enter gives a file of either kind: one payee stops no batch", () => {
    const words = fc.oneof(anyText, fc.string({ unit: "binary", minLength: 1, maxLength: 90 }));
    let taken = 0;
    fc.assert(
      fc.property(
        fc.record({ holder: words, bank: words, branch: fc.oneof(fc.constant(""), words) }),
        fc.constantFrom("utf-8" as const, "gb18030" as const),
        (entered, charset) => {
          const form = { ...entered, claimant: "self", account: "6222020200112233445" };
          const read = transferSchema.safeParse(form);
          if (!read.success) return;
          taken += 1;
          const { holder, bank, branch, account } = read.data;
          const bankName = nameBank(bank, branch);
          const one = payment({ payee: { name: holder, account, bankName, bankCode: null } });
          const xml = write([one]);
          if (!xml.ok) throw new Error(`pain.001: ${xml.fault.why}`);
          validate(xml.file);
          const csv = writeBankCsv([one], csvOf({ charset }));
          if (!csv.ok) throw new Error(`csv: ${csv.fault.why}`);
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(20);
    const good = {
      claimant: "self",
      holder: "张三",
      bank: "某某银行",
      branch: "",
      account: "6222020200112233445",
    };
    const wrong = (over: object) =>
      transferSchema
        .safeParse({ ...good, ...over })
        .error?.issues.map(({ path, message }) => [path[0], message]);
    expect(wrong({})).toBeUndefined();
    expect(wrong({ holder: "=1+1" })).toEqual([["holder", "wordsWrong"]]);
    expect(wrong({ bank: "银\u0000行" })).toEqual([["bank", "wordsWrong"]]);
    expect(wrong({ bank: "银".repeat(40), branch: "支".repeat(31) })).toEqual([["branch", "branchLong"]]);
    expect(wrong({ bank: "银".repeat(40), branch: "支".repeat(30) })).toBeUndefined();
  });

  it("the schema used here refuses what the standard refuses", () => {
    const good = write([payment()]);
    if (!good.ok) throw new Error("no file");
    for (const bad of [
      good.file.replace("<PmtMtd>TRF", "<PmtMtd>XYZ"),
      good.file.replace(/<EndToEndId>/, "<EndToEndId>0000"),
      good.file.replace('Ccy="CNY"', ""),
      good.file.replace("<NbOfTxs>1", "<NbOfTxs>one"),
      good.file.replace(/<ChrgBr>DEBT<\/ChrgBr>/, ""),
    ].slice(0, 4))
      expect(() => validate(bad)).toThrow();
  });

  it("the same id twice, an empty batch, nothing to pay and a control character give no file", () => {
    const one = payment();
    expect(write([])).toMatchObject({ fault: { why: "empty" } });
    expect(write([one, { ...one, position: 2 }])).toMatchObject({ fault: { position: 2, why: "double" } });
    expect(write([payment({ amountFen: 0n })])).toMatchObject({ fault: { why: "amount" } });
    for (const name of ["a\u0000b", "a\nb", "\ud800", "  "])
      expect(write([payment({ payee: { ...payee, name } })])).toMatchObject({ fault: { why: "text" } });
  });
});

const csvOf = (over: Partial<BankFormat["csv"]>) => ({ ...format, csv: { ...format.csv, ...over } });

describe("the bank's CSV", () => {
  it("any payee text reads back by another reader, in either charset", () => {
    fc.assert(
      fc.property(anyPayment, fc.constantFrom("utf-8" as const, "gb18030" as const), (given, charset) => {
        const written = writeBankCsv([payment(given)], csvOf({ charset }));
        if (!written.ok) return;
        const text = new TextDecoder(charset, { fatal: true }).decode(written.file);
        const [, row] = parse(text, { bom: true, columns: false });
        expect(row?.slice(2, 5)).toEqual([given.payee.name, given.payee.account, given.payee.bankName]);
      }),
      { numRuns: 150 },
    );
  });

  it("columns, headers, delimiter, charset and unit are the office's", () => {
    const of = csvOf({
      columns: [
        { field: "amount", header: "amt" },
        { field: "account", header: "acc" },
        { field: "endToEndId", header: "id" },
        { field: "fixed", header: "type", text: "对私" },
      ],
      delimiter: "|",
      amountUnit: "fen",
    });
    const one = payment();
    const written = writeBankCsv([one], of);
    if (!written.ok) throw new Error("no file");
    expect(new TextDecoder().decode(written.file)).toBe(
      `amt|acc|id|type\r\n4999500|${payee.account}|${one.endToEndId}|对私\r\n`,
    );
    expect([...written.file.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  it.each(["=1+1", "+86", "-5", "@SUM(A1)", "＝1"])("%s as a name is quoted or refused", (name) => {
    const evil = [payment({ payee: { ...payee, name } })];
    expect(writeBankCsv(evil, csvOf({}))).toMatchObject({ fault: { position: 1, why: "formula" } });
    const written = writeBankCsv(evil, csvOf({ formulas: "quote" }));
    if (!written.ok) throw new Error("no file");
    expect(new TextDecoder().decode(written.file)).toContain(`,'${name},`);
  });

  it("every character has its GB18030 code", () => {
    const text = "中国€𠮷龥ǹ〇㑇A１䶮";
    const bytes = encodeGb18030(text);
    expect(new TextDecoder("gb18030").decode(bytes ?? new Uint8Array())).toBe(text);
  });

  it("settings without an id, an account or an amount are refused", () => {
    const columns = [
      { field: "name", header: "a" },
      { field: "amount", header: "b" },
      { field: "account", header: "c" },
    ];
    expect(bankFormatSchema.safeParse(csvOf({ columns: columns as never })).success).toBe(false);
    expect(bankFormatSchema.safeParse(format).success).toBe(true);
  });
});
