import type { Content } from "pdfmake/interfaces";
import { clauseText } from "~/forms/clause-text";
import { formatFraction } from "~/forms/format-fraction";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { staffFinance } from "~/i18n/zh-CN/staff-finance";
import { withActor } from "~db/with-actor.server";
import { hashContent, makePdf } from "~server/documents/make-pdf.server";
import { notFound } from "~server/errors.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { reporterActor, type StaffActor } from "~server/staff-auth/actor";
import { readStatus } from "~server/intake/read-status.server";
import { eq } from "drizzle-orm";
import { awards } from "~db/schema/rewards";
import { capitalAmount } from "./capital-amount";
import { issueDecision, type Decision } from "./issue-decision.server";

export type PrintedDecision = { readonly bytes: Buffer; readonly fileName: string };

/** 奖励决定书 for who may look at money. Throws `not_found`, `decision_unready`. */
export async function printDecision(
  portal: Pick<Portal, "db" | "clock">,
  input: { readonly awardId: string },
  actor: StaffActor,
): Promise<PrintedDecision> {
  if (!/^[0-9a-f-]{36}$/.test(input.awardId)) throw notFound();
  await withActor(portal.db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const [seen] = await tx.select({ id: awards.id }).from(awards).where(eq(awards.id, input.awardId));
    if (seen === undefined) throw notFound();
  });
  return print(await issueDecision(portal, input, actor), { withOthers: true });
}

/** The informant's own copy: without the code names of others. Throws `not_found`, `decision_unready`. */
export async function printOwnDecision(
  portal: Portal,
  input: { readonly receipt: Receipt; readonly awardId: string },
): Promise<PrintedDecision> {
  const lookupId = lookupIdOf(input.receipt);
  const status = await readStatus(portal, { lookupId });
  if (status?.kind !== "tip" || !status.awards.some(({ id }) => id === input.awardId)) throw notFound();
  return print(await issueDecision(portal, input, reporterActor(lookupId)), { withOthers: false });
}

/** The same bytes whenever and by whomever a copy is printed. */
async function print(decision: Decision, copy: { readonly withOthers: boolean }): Promise<PrintedDecision> {
  const { year, no, issuedOn } = decision;
  const number = `奖决〔${String(year)}〕${String(no)}号`;
  const facts = copy.withOthers ? decision.facts : { ...decision.facts, others: [] };
  const bytes = await makePdf({
    ...{ title: `奖励决定书 ${number}`, number, sha256: hashContent({ number, issuedOn, ...facts }) },
    createdAt: new Date(`${issuedOn}T00:00:00Z`),
    content: layOut({ ...decision, facts }, number),
  });
  return { bytes, fileName: `award-decision-${String(year)}-${String(no)}.pdf` };
}

const thin = {
  hLineColor: () => "#cccccc",
  vLineColor: () => "#cccccc",
  hLineWidth: () => 0.5,
  vLineWidth: () => 0.5,
};

function layOut({ facts, issuedOn }: Decision, number: string): Content {
  const say = (text: string) => {
    const { amount, exact } = formatFraction(text);
    return exact ? amount : `约 ${amount}`;
  };
  const amount = BigInt(facts.amountFen);
  const rows: [string, string][] = [
    ["受奖人代号", facts.codeName],
    ["举报事项", `线索 ${String(facts.leadNumber)}，${facts.subject}`],
    ["处理决定", `${facts.finding.decisionNumber}，${formatDay(facts.finding.decidedOn)}`],
    ["奖励办法", `${facts.scheme.title}（第 ${facts.scheme.version} 版），${facts.scheme.document}`],
    [
      "阶段和次数",
      `${staffFinance.award.stages[facts.stage as "final"]}，第 ${String(facts.version)} 次核算`,
    ],
    ...(facts.consultationRef === null
      ? []
      : ([["商财政部门复函", facts.consultationRef]] as [string, string][])),
  ];
  const excluded = facts.excluded + facts.passedOver;
  return [
    { text: "奖励决定书", style: "title" },
    { text: number, alignment: "center", margin: [0, 0, 0, 12] },
    ...(facts.editableDefault ? [{ text: staffFinance.editableDefault, style: "small" }] : []),
    { table: { widths: [90, "*"], body: rows }, layout: thin },
    { text: "奖励金额", style: "heading" },
    { text: formatFen(amount), fontSize: 16, bold: true },
    ...(facts.currency === "CNY" ? [{ text: `大写：人民币${capitalAmount(amount)}` }] : []),
    ...(facts.poolFen === facts.amountFen
      ? []
      : [{ text: `本案奖金总额 ${formatFen(BigInt(facts.poolFen))}` }]),
    { text: "计算过程", style: "heading" },
    {
      table: {
        headerRows: 1,
        widths: [45, "*", 85, 85],
        body: [
          ["步骤", "规定和依据", "计算前", "计算后"],
          ...facts.steps.map(({ step, clause, in: before, out, title, note }) => [
            staffFinance.steps.names[step as "gate"],
            title === null
              ? staffFinance.steps.noRule
              : `${title}。${note ?? ""}（${clauseText(clause, "zh")}）`,
            say(before),
            say(out),
          ]),
        ],
      },
      layout: thin,
      fontSize: 9,
    },
    { text: "逐项核对", style: "heading" },
    {
      table: {
        headerRows: 1,
        widths: ["*", 150, 30],
        body: [
          ["事项", "依据", "回答"],
          ...facts.answers.map(({ text, clause, answer }) => [
            text,
            clauseText(clause, "zh"),
            answer ? "是" : "否",
          ]),
        ],
      },
      layout: thin,
      fontSize: 9,
    },
    ...(excluded === 0
      ? []
      : [
          {
            text: `另有 ${String(excluded)} 件申请奖励的举报不予奖励，原因各有记录。`,
            margin: [0, 6, 0, 0] as [number, number, number, number],
          },
        ]),
    ...(facts.others.length === 0
      ? []
      : [
          { text: "同案受奖人", style: "heading" },
          {
            ul: facts.others.map(({ codeName, amountFen }) => `${codeName}，${formatFen(BigInt(amountFen))}`),
          },
        ]),
    {
      text: "对本决定有异议的，可以凭回执在“查询进展”页面提出；接受奖励以后，在 15 个工作日内、记账之前可以提出（本平台默认规定）。",
      margin: [0, 12, 0, 0],
    },
    {
      columns: [
        { qr: `SHA-256 ${facts.voucher}`, fit: 90, width: 110 },
        {
          stack: [
            { text: "凭证校验值（SHA-256）", style: "small" },
            { text: facts.voucher.replace(/(.{16})/g, "$1 ").trim(), style: "small" },
            { text: formatDay(issuedOn), alignment: "right", margin: [0, 16, 0, 0] },
          ],
        },
      ],
      margin: [0, 16, 0, 0],
    },
  ];
}
