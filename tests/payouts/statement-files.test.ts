import fc from "fast-check";
import { v7 as uuidv7 } from "uuid";
import { beforeEach, describe, expect, it } from "vitest";
import { BLANK, DEFAULT_BANK_FORMAT } from "~/forms/bank-format";
import { statementLine } from "~/forms/statement-line";
import { encodeGb18030 } from "~/staff-client/bank/gb18030";
import { endToEndId } from "~/staff-client/bank/payment";
import { readCamt053 } from "~/staff-client/bank/read-camt053";
import { readStatementCsv } from "~/staff-client/bank/read-statement-csv";

const format = DEFAULT_BANK_FORMAT;
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

  describe("a reversal", () => {
    const reversed = (direction: string, details: string, said = "true") =>
      entry("5", direction, details).replace("</CdtDbtInd>", `</CdtDbtInd><RvslInd>${said}</RvslInd>`);
    const statusOf = (entries: string) => readCamt053(camt(entries))?.lines[0]?.status;
    const own = endToEndId(A);

    it.each([
      ["CRDT", "DBIT", "in"],
      ["DBIT", "CRDT", "out"],
    ])("booked as %s went that way, whatever its parts tell of the payment taken back", (to, of, status) => {
      for (const id of [own, "NOTPROVIDED"]) {
        expect(statusOf(reversed(to, tx(id, "5")))).toBe(status);
        expect(statusOf(reversed(to, tx(id, "5", `<CdtDbtInd>${of}</CdtDbtInd>`)))).toBe(status);
        expect(statusOf(reversed(to, tx(id, "5", `<CdtDbtInd>${of}</CdtDbtInd>`), "1"))).toBe(status);
        // Where the entry is none, a part that went the other way contradicts it.
        expect(statusOf(reversed(to, tx(id, "5", `<CdtDbtInd>${of}</CdtDbtInd>`), "false"))).toBeUndefined();
      }
      expect(statusOf(reversed(to, tx(own, "5"), "perhaps"))).toBeUndefined();
    });

    it("is never told by a minus sign, which the standard knows none of: such a line is refused", () => {
      expect(statusOf(entry("-5", "DBIT", tx(own, "-5")))).toBeUndefined();
    });

    it("inside a batch booking counts against its sum", () => {
      const back = tx(B, "2", "<CdtDbtInd>CRDT</CdtDbtInd>");
      expect(readCamt053(camt(entry("3", "DBIT", tx(own, "5") + back)))?.lines).toMatchObject([
        { endToEndId: own, amountFen: "500", status: "out" },
        { endToEndId: endToEndId(B), amountFen: "200", status: "in" },
      ]);
      expect(readCamt053(camt(entry("7", "DBIT", tx(own, "5") + back)))).toBeNull();
    });
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

  describe("a negative amount", () => {
    const { direction: _none, ...unsigned } = format.statement.columns;
    const statusOf = (
      id: string,
      amount: string,
      word: string,
      status: string,
      columns = format.statement.columns,
    ) => {
      const row = `业务编号,日期,金额,借贷,状态\n${id},2026-06-03,${amount},${word},${status}`;
      const read = readStatementCsv(new TextEncoder().encode(row), { ...format.statement, columns });
      if (read !== null)
        expect(read.lines).toMatchObject([{ amountFen: "500", endToEndId: id === "" ? null : id }]);
      return read?.lines[0]?.status;
    };
    describe.each([
      ["with our id", endToEndId(A)],
      ["without one", ""],
    ])("%s", (_which, id) => {
      it("is a red entry where a column tells the direction, and turns it around", () => {
        expect(statusOf(id, "-5", "借", "成功")).toBe("in");
        expect(statusOf(id, "-5.00", "贷", "成功")).toBe("out");
        expect(statusOf(id, "5", "借", "成功")).toBe("out");
        expect(statusOf(id, "5", "贷", "成功")).toBe("in");
      });

      it("is money that left where no column tells it", () => {
        expect(statusOf(id, "-5", "", "成功", unsigned)).toBe("out");
        expect(statusOf(id, "5", "", "成功", unsigned)).toBe("in");
      });

      it("of a return is that return taken back, and of a debit with the word for one the return itself", () => {
        expect(statusOf(id, "-5", "贷", "退汇")).toBe("out");
        expect(statusOf(id, "-5", "借", "退汇")).toBe("returned");
        expect(statusOf(id, "-5", "", "退汇", unsigned)).toBe("returned");
        expect(statusOf(id, "-5", "借", "处理中")).toBe("pending");
      });
    });
    it("written with another dash or in brackets is refused, not read as something else", () => {
      for (const amount of ["−5", "(5)", "5-", "--5"])
        expect(statusOf("", amount, "借", "成功")).toBeUndefined();
    });
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
