import { parse } from "csv-parse/sync";
import { XMLParser } from "fast-xml-parser";
import fc from "fast-check";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { v7 as uuidv7 } from "uuid";
import { beforeEach, describe, expect, it } from "vitest";
import { nameBank, transferSchema } from "~/forms/claim";
import { BLANK, bankFormatSchema, DEFAULT_BANK_FORMAT, type BankFormat } from "~/forms/bank-format";
import { statementLine } from "~/forms/statement-line";
import { encodeGb18030 } from "~/staff-client/bank/gb18030";
import { endToEndId, type Payment } from "~/staff-client/bank/payment";
import { readCamt053 } from "~/staff-client/bank/read-camt053";
import { readStatementCsv } from "~/staff-client/bank/read-statement-csv";
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

const A = uuidv7();
const B = uuidv7();
const camt = (entries: string, version = "08") =>
  `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>x</MsgId></GrpHdr><Stmt><Id>6222000000000000001</Id>
  <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-01</Dt></Dt></Bal>
  <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">40.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-02</Dt></Dt></Bal>
  ${entries}</Stmt></BkToCstmrStmt></Document>`;
const tx = (id: string, amount: string, more = "") =>
  `<TxDtls><Refs><EndToEndId>${id}</EndToEndId></Refs><Amt Ccy="CNY">${amount}</Amt>${more}<RltdPties><Cdtr><Nm>张三</Nm></Cdtr></RltdPties></TxDtls>`;
const entry = (amount: string, direction: string, details: string, status = "<Sts><Cd>BOOK</Cd></Sts>") =>
  `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${status}<BookgDt><Dt>2026-06-02</Dt></BookgDt><NtryDtls>${details}</NtryDtls></Ntry>`;

describe("camt.053", () => {
  it.each(["02", "06", "08"])("a statement of version %s gives ids, amounts, days and states", (version) => {
    const status = version === "02" ? "<Sts>BOOK</Sts>" : "<Sts><Cd>BOOK</Cd></Sts>";
    const read = readCamt053(
      camt(
        entry("59.50", "DBIT", tx(endToEndId(A), "49.50") + tx(B, "10"), status) +
          entry("10", "CRDT", tx(B, "10.00", "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>"), status) +
          entry("3", "CRDT", tx("NOTPROVIDED", "3"), status) +
          entry("7", "DBIT", tx(endToEndId(A), "7"), "<Sts>PDNG</Sts>"),
        version,
      ),
    );
    const day = { date: "2026-06-02" };
    expect(read).toEqual({
      lines: [
        { endToEndId: endToEndId(A), amountFen: "4950", status: "out", ...day },
        { endToEndId: endToEndId(B), amountFen: "1000", status: "out", ...day },
        { endToEndId: endToEndId(B), amountFen: "1000", status: "returned", ...day },
        { endToEndId: null, amountFen: "300", status: "in", ...day },
        { endToEndId: endToEndId(A), amountFen: "700", status: "pending", ...day },
      ],
      openingFen: 10_000n,
      closingFen: 4_050n,
      closedOn: "2026-06-02",
    });
    for (const each of read?.lines ?? []) expect(statementLine.safeParse(each).success).toBe(true);
  });

  it("the reference of an order to pay by hand is found where a cashier typed it, and nothing else is", () => {
    const idOf = (id: string, purpose: string) =>
      readCamt053(camt(entry("5", "DBIT", tx(id, "5", `<RmtInf><Ustrd>${purpose}</Ustrd></RmtInf>`))))
        ?.lines[0]?.endToEndId;
    const own = "HD2026-KXWQBRTM";
    expect(idOf("NOTPROVIDED", `举报奖励 ${own} 张三`)).toBe(own);
    for (const text of [
      "奖励,hd2026kxwqbrtm。",
      "ＨＤ２０２６－ＫＸＷＱＢＲＴＭ",
      "HD2026–KXWQBRTM",
      "HD2026 KXWQBRTM",
    ])
      expect(idOf("NOTPROVIDED", text)).toBe(own);
    expect(idOf(own, "奖励")).toBe(own);
    expect(idOf(endToEndId(A), own)).toBe(endToEndId(A));
    for (const text of [
      `X${own}`,
      `${own}N`,
      "HD2026-KXWQ",
      "HD1999-KXWQBRTM",
      // A payee's name in Latin letters, which a bank or a cashier put behind something like a reference.
      "HD2026 ZHANGSAN",
      "HD2026-WANGFANG",
      `${own} HD2026-BBBBBBBB`,
      endToEndId(A),
    ])
      expect(idOf("NOTPROVIDED", text)).toBeNull();
    expect(statementLine.shape.endToEndId.safeParse(own).success).toBe(true);
    for (const other of [`${own}N`, "HD2026-ZHANGSAN", "HD1999-KXWQBRTM"])
      expect(statementLine.shape.endToEndId.safeParse(other).success).toBe(false);
  });

  it("an entity, a foreign message, a foreign currency and a batch that does not add up are refused", () => {
    const good = camt(entry("5", "DBIT", tx(A, "5")));
    expect(readCamt053(good)).not.toBeNull();
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>';
    expect(readCamt053(good.replace('<?xml version="1.0"?>', bomb))).toBeNull();
    expect(readCamt053(good.replace("camt.053.001.08", "camt.054.001.08"))).toBeNull();
    expect(readCamt053(good.replaceAll('Ccy="CNY">5', 'Ccy="USD">5'))).toBeNull();
    expect(readCamt053(camt(entry("6", "DBIT", tx(A, "5") + tx(B, "5"))))).toBeNull();
    expect(readCamt053(good.replace("</Stmt>", ""))).toBeNull();
    expect(readCamt053("x".repeat(20_000_001))).toBeNull();
  });

  it("a line that cannot be read is named: an amount that is none, a day no calendar has", () => {
    const good = entry("5", "DBIT", tx(A, "5"));
    const wrong: number[] = [];
    for (const bad of [good.replaceAll(">5<", ">0<"), good.replace("2026-06-02", "2026-13-45")])
      expect(readCamt053(camt(good + bad), (line) => wrong.push(line))).toBeNull();
    expect(wrong).toEqual([2, 2]);
  });

  it("nothing of a payee's text comes through, whatever stands in the file", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (said) => {
        const escaped = said.replace(/[&<>\p{Cc}]/gu, "");
        const read = readCamt053(camt(entry("5", "DBIT", tx(escaped, "5"))));
        expect(read?.lines[0]?.endToEndId ?? null).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe("a bank's CSV statement", () => {
  const rows = [
    "业务编号,日期,金额,借贷,状态,户名",
    `${endToEndId(A)},2026/6/2,"49,995.00",借,成功,张三`,
    `${B},20260603,10.5,贷,退汇,李四`,
    `6222000000000000001,2026-06-03 10:00:00,3.00,贷,成功,王五`,
    `${B},2026-06-03,4,借,失败,李四`,
    `举报奖励 HD2026-KXWQBRTM,2026-06-03,6,借,成功,赵六`,
    "",
  ].join("\n");
  const expected = [
    { endToEndId: endToEndId(A), amountFen: "4999500", date: "2026-06-02", status: "out" },
    { endToEndId: endToEndId(B), amountFen: "1050", date: "2026-06-03", status: "returned" },
    { endToEndId: null, amountFen: "300", date: "2026-06-03", status: "in" },
    { endToEndId: endToEndId(B), amountFen: "400", date: "2026-06-03", status: "rejected" },
    { endToEndId: "HD2026-KXWQBRTM", amountFen: "600", date: "2026-06-03", status: "out" },
  ];

  it("is read by the office's columns, in UTF-8 and GB18030", () => {
    const utf8 = new TextEncoder().encode(rows);
    expect(readStatementCsv(utf8, format.statement)?.lines).toEqual(expected);
    const gbk = encodeGb18030(rows) ?? new Uint8Array();
    expect(readStatementCsv(gbk, { ...format.statement, charset: "gb18030" })?.lines).toEqual(expected);
    // The wrong charset is told, not read as something else.
    expect(readStatementCsv(gbk, format.statement)).toBeNull();
  });

  it("a missing column, a day that is none and a fraction of one 分 are refused", () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(readStatementCsv(bytes(rows.replace("金额", "数额")), format.statement)).toBeNull();
    expect(readStatementCsv(bytes(rows.replace("20260603", "20260231")), format.statement)).toBeNull();
    expect(readStatementCsv(bytes(rows.replace("10.5", "10.505")), format.statement)).toBeNull();
  });

  describe("a status nobody said the meaning of", () => {
    const { statement } = format;
    const wrong: number[] = [];
    const read = (status: string, booked: string[] = statement.words.booked) =>
      readStatementCsv(
        new TextEncoder().encode(rows.replace("借,失败", `借,${status}`)),
        { ...statement, words: { ...statement.words, booked } },
        (line) => wrong.push(line),
      )?.lines[3]?.status;
    beforeEach(() => wrong.splice(0));

    it("is not taken for a payment that went, and its line is told", () => {
      expect(["交易失败", "退汇成功", "已拒绝", "", "Booked"].map((word) => read(word))).toEqual(
        Array.from({ length: 5 }, () => undefined),
      );
      expect(wrong).toEqual([4, 4, 4, 4, 4]);
      expect(read("交易成功")).toBe("out");
    });

    it("may be none where the office said that its bank writes none", () => {
      expect(read("", [...statement.words.booked, BLANK])).toBe("out");
    });

    it("is one that went where a format of before names none that is, unless it holds a word for what did not", () => {
      expect([read("已记账", []), read("交易失败", [])]).toEqual(["out", undefined]);
    });
  });
});
