import { beforeAll, describe, expect, it } from "vitest";
import { sql } from "drizzle-orm";
import { DEFAULT_BANK_FORMAT, type BankFormat } from "~/forms/bank-format";
import { COLUMN_ROWS, bankFormatValues, readBankFormatForm } from "~/forms/bank-format-form";
import { agreedTo } from "~/forms/step-up-subjects";
import { action as write, loader as list } from "~/routes/staff.bank-format";
import { action as act, loader as page } from "~/routes/staff.bank-format_.$proposalId";
import { withActor } from "~db/with-actor.server";
import { bringFormat } from "~server/bank-formats/bring-format.server";
import { readBankFormat } from "~server/bank-formats/read-format.server";
import { agreeToFormat, refuseFormat, requestFormat } from "~server/bank-formats/settle-format.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { makePerson } from "~tests/factories/make-lead";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let first: { actor: StaffActor; key: SoftwareAuthenticator };
let second: { actor: StaffActor; key: SoftwareAuthenticator };
let cashier: StaffActor;
let triage: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  const administrator = async () => {
    const actor = await makePerson(portal, "leading-office", ["administrator"]);
    return { actor, key: await enrolPasskey(portal, actor) };
  };
  first = await administrator();
  second = await administrator();
  cashier = await makePerson(portal, "finance", ["cashier"]);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
});

const named = (name: string): BankFormat => ({
  ...DEFAULT_BANK_FORMAT,
  debtor: { ...DEFAULT_BANK_FORMAT.debtor, name },
});
const at = () => portal.clock.now();
const bring = async (name: string, actor = first.actor) => {
  const { proposalId } = await bringFormat(portal.db, { format: named(name), at: at() }, actor);
  const [row] = (await test.owner.query("select sha256 from format_proposals where id = $1", [proposalId]))
    .rows as [{ sha256: string }];
  return { proposalId, sha256: row.sha256, at: at() };
};
const payer = (actor: StaffActor) =>
  withActor(portal.db, actor, async (tx) => (await readBankFormat(tx)).debtor.name);

function formOf(values: Readonly<Record<string, unknown>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, String(value));
  return form;
}
const judge = (over: Readonly<Record<string, string>>) => {
  const read = readBankFormatForm(formOf({ ...bankFormatValues(DEFAULT_BANK_FORMAT), ...over }));
  return read.ok ? read.value : read.errors;
};

describe("the form of a bank format", () => {
  it("gives back the format it was filled with, as the full-width and spaced forms of it", () => {
    expect(judge({})).toEqual(DEFAULT_BANK_FORMAT);
    expect(judge({ debtorAccount: " ００-1２3 45 " })).toMatchObject({ debtor: { account: "00-12345" } });
    expect(judge({ "words-out": "借， 支出,付" })).toMatchObject({
      statement: { words: { out: ["借", "支出", "付"] } },
    });
    expect(judge({ "words-booked": "", "statement-status": "" })).toMatchObject({
      statement: { words: { booked: [] } },
    });
    expect(
      judge({
        ...{ delimiter: "tab", [`field${COLUMN_ROWS}`]: "fixed", [`header${COLUMN_ROWS}`]: "渠道" },
        [`fixed${COLUMN_ROWS}`]: "对公",
      }),
    ).toMatchObject({ csv: { delimiter: "\t" } });
  });

  it.each([
    [{ debtorName: "" }, { debtorName: "formatName" }],
    [{ debtorAccount: "12" }, { debtorAccount: "formatAccount" }],
    [{ debtorBankCode: "12345" }, { debtorBankCode: "formatBankCode" }],
    [{ purpose: "长".repeat(36) }, { purpose: "formatPurpose" }],
    [{ field2: "" }, { field1: "formatColumns" }],
    [{ field8: "fixed", header8: "备注", fixed8: "6222 0202-0011" }, { field1: "formatColumns" }],
    [{ header4: "" }, { field1: "formatHeaders" }],
    [{ header4: "金额" }, { field1: "formatHeaders" }],
    [{ statementSkip: "-1" }, { statementSkip: "formatSkip" }],
    [{ statementSkip: "51" }, { statementSkip: "formatSkip" }],
    [{ "statement-date": "" }, { "statement-date": "formatStatement" }],
    [{ "statement-date": "金额" }, { "statement-endToEndId": "formatStatementTwice" }],
    [{ "words-out": "" }, { "words-out": "formatWords" }],
    [{ "words-booked": "" }, { "words-booked": "formatBooked" }],
    [{ "words-rejected": "退汇" }, { "words-out": "formatWordsTwice" }],
    [{ charset: "latin1" }, { charset: "formatChoice" }],
    [{ delimiter: "constructor" }, { delimiter: "formatChoice" }],
  ])("says what is wrong: %j", (over, errors) => {
    expect(judge(over)).toEqual(errors);
  });
});

describe("a bank format", () => {
  it("is in force when one administrator asked for it and another agreed, and not before", async () => {
    expect(await refusalOf(bring("甲", triage))).toBe("not_found");
    expect(await refusalOf(bring("甲", { ...first.actor, method: "demo" }))).toBe("passkey_needed");
    expect(
      await refusalOf(bringFormat(portal.db, { format: DEFAULT_BANK_FORMAT, at: at() }, first.actor)),
    ).toBe("format_same");
    const one = await bring("甲办公室");
    expect(await refusalOf(bring("乙办公室"))).toBe("format_waiting");
    const agree = (actor: StaffActor, over = {}) =>
      refusalOf(agreeToFormat(portal.db, { ...one, ...over }, actor));
    const ask = (actor: StaffActor) =>
      refusalOf(requestFormat(portal.db, { ...one, reason: "换了开户行" }, actor));
    expect(await agree(second.actor)).toBe("format_not_requested");
    expect(await ask(first.actor)).toBe("accepted");
    expect(await ask(second.actor)).toBe("format_requested");
    expect(await agree(first.actor)).toBe("own_request");
    expect(await agree(second.actor, { sha256: "0".repeat(64) })).toBe("format_changed");
    expect(await payer(cashier)).toBe(DEFAULT_BANK_FORMAT.debtor.name);
    const both = await Promise.all([agree(second.actor), agree(second.actor)]);
    expect(both.toSorted()).toEqual(["accepted", "format_settled"]);
    expect(await payer(cashier)).toBe("甲办公室");
  });

  it("taken back or turned down changes nothing and stays on record", async () => {
    const own = await bring("丙办公室");
    expect(await refuseFormat(portal.db, { ...own, reason: "写错了" }, first.actor)).toEqual({
      outcome: "withdrawn",
    });
    const other = await bring("丙办公室");
    expect(await refuseFormat(portal.db, { ...other, reason: "账号不对" }, second.actor)).toEqual({
      outcome: "refused",
    });
    expect(await payer(cashier)).toBe("甲办公室");
    const seen = await call(list, { portal, actor: cashier, url: "/staff/bank-format" });
    expect((seen.field("proposals") as unknown[]).length).toBe(3);
  });

  it("is refused by the database however it is written", async () => {
    const one = await bring("丁办公室");
    const run = (text: string, actor: StaffActor) =>
      refusedBy(withActor(portal.db, actor, (tx) => tx.execute(sql.raw(text))));
    const agreed = (by: StaffActor) =>
      `update format_proposals set outcome = 'agreed', decided_by = '${by.id}', decided_at = now() where id = '${one.proposalId}'`;
    expect(await run(agreed(second.actor), second.actor)).toBe("format_proposals_two_ck");
    await requestFormat(portal.db, { ...one, reason: "换了开户行" }, first.actor);
    expect(await run(agreed(first.actor), first.actor)).toBe("format_proposals_two_ck");
    expect(await run(agreed(second.actor), first.actor)).toBe("format_proposals_history");
    expect(await run(agreed(second.actor).replace("now()", "timestamptz '2020-01-01'"), second.actor)).toBe(
      "format_proposals_history",
    );
    expect(
      await run(`update format_proposals set content = '{}' where id = '${one.proposalId}'`, second.actor),
    ).toBe("format_proposals_history");
    expect(await refusedBy(test.owner.query("delete from format_proposals"))).toBe(
      "format_proposals_history",
    );
    await refuseFormat(portal.db, { ...one, reason: "不需要了" }, second.actor);
  });

  it("goes its way by the pages, each step with the passkey bound to what was shown", async () => {
    expect((await call(list, { portal, actor: triage, url: "/staff/bank-format" })).status).toBe(404);
    const url = "/staff/bank-format";
    const send = (over: Readonly<Record<string, string>>, actor: StaffActor) =>
      call(write, { portal, actor, url, form: { ...bankFormatValues(named("戊办公室")), ...over } as never });
    expect(await send({ debtorAccount: "" }, first.actor)).toMatchObject({
      status: 400,
      body: { state: { errors: { debtorAccount: "formatAccount" }, values: { debtorName: "戊办公室" } } },
    });
    const sent = await send({}, first.actor);
    const [, proposalId = ""] = /bank-format\/([0-9a-f-]{36})\?done=brought$/.exec(sent.location ?? "") ?? [];
    const params = { proposalId };
    const seen = await call(page, { portal, actor: cashier, url, params });
    expect(seen.body).toMatchObject({ format: named("戊办公室"), manages: false });
    const { sha256 } = seen.field("proposal") as { sha256: string };
    const reason = "换了开户行";
    const post = (form: Record<string, string>, actor: StaffActor) =>
      call(act, { portal, actor, url, params, form });
    expect((await post({ intent: "request", sha256, reason }, first.actor)).status).toBeGreaterThanOrEqual(
      400,
    );
    const asked = await agreedTo.formatRequest({ proposalId, sha256, reason });
    const proof = await stepUpProof(portal, first, asked);
    expect((await post({ intent: "request", sha256, reason, stepUp: proof }, first.actor)).location).toMatch(
      /done=requested$/,
    );
    const agreed = await stepUpProof(portal, second, agreedTo.formatAgreed({ proposalId, sha256 }));
    expect((await post({ intent: "agree", sha256, stepUp: agreed }, second.actor)).location).toMatch(
      /done=agreed$/,
    );
    expect(await payer(cashier)).toBe("戊办公室");
  });
});
