import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { formatDay } from "~/i18n/format-date";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson, statusOf } from "./staff-person";

const TRIAGE = "演示·林知微";
const ADMINISTRATOR = "演示·程既明";
const FORTY_DAYS = 40 * 86_400_000;

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("deadlines");
});
afterAll(() => portal.stop());

async function enterAs(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${name} 的身份进入` }).click();
  await page.locator("header", { hasText: name }).waitFor();
}

/** Pictures at both widths, and no accessibility finding. */
async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

/** A report that was dispatched forty days ago and accepted by nobody since. */
function lateLead(): Promise<{ leadId: string; number: number; handleDue: string; officer: string }> {
  return besidePortal(portal, async (beside) => {
    const triage = await makePerson(beside, "leading-office", ["triage_officer"]);
    const { leadId } = await sendReport(beside);
    const facts = { suspectedCrime: false, petition: false, nested: false };
    await dispatchLead(
      beside.db,
      beside.pack,
      {
        ...{ leadId, version: 1, sector: "p2p", triage: facts, insteadLeadBy: null, reason: null },
        at: new Date(Date.now() - FORTY_DAYS),
      },
      triage,
    );
    const { rows } = await beside.db.pool.query<{ number: number; due: string; name: string }>(
      `select l.number::int, l.handle_due_on::text as due, s.display_name as name
         from leads l join lead_agencies h on h.lead_id = l.id and h.relation = 'lead'
         join staff s on s.agency_id = h.agency_id and s.is_demo
         join staff_roles r on r.staff_id = s.id and r.role = 'agency_officer' where l.id = $1`,
      [leadId],
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the body has an officer");
    return { leadId, number: row.number, handleDue: row.due, officer: row.name };
  });
}

describe("GIVEN a lead its body has not accepted in time", () => {
  browserTest(
    "WHEN triage issues a 督办 THEN the body answers it; and a holiday list that comes moves the lead's deadline",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const late = await lateLead();
      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAs(triage, TRIAGE);
      await triage.goto("/staff/deadlines");
      const card = triage.locator("li", { hasText: `线索 ${late.number} ·` });
      await card.getByText("发出督办", { exact: true }).first().click();
      await card
        .getByRole("button", { name: "发出督办" })
        .or(card.getByRole("button", { name: "就线索" }))
        .click();
      await triage.getByText("请写明督办要求，2 到 500 个字。").first().waitFor();
      await look(triage, "deadlines-empty-demand");
      await card.getByLabel("督办要求").fill("请于五个工作日内说明未受理的原因和下一步措施。");
      await card.getByRole("button", { name: "就线索" }).click();
      await triage.getByText("督办已发出，并通知了该单位。").waitFor();
      await triage
        .getByText(/督办〔\d{4}〕1号/)
        .first()
        .waitFor();
      await look(triage, "deadlines-issued");
      const csv = await triage.request.get("/staff/deadlines/csv");
      expect(csv.headers()["content-type"]).toContain("text/csv");
      expect(await csv.text()).toContain("受理超期");

      const officer = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAs(officer, late.officer);
      await officer.goto("/staff/deadlines");
      await look(officer, "deadlines-agency");
      await officer.getByLabel("答复").fill("已调取资金流水，三日内作出是否受理的决定。");
      await officer.getByRole("button", { name: "提交答复" }).click();
      await officer.getByText("答复已登记。").waitFor();
      expect(await statusOf(officer, "/staff/deadlines/csv")).toBe(404);
      await officer.goto(`/staff/leads/${late.leadId}`);
      await look(officer, "lead-clocks");
      await officer.getByRole("link", { name: "期限明细和延长" }).click();
      await officer.getByText(`截止 ${formatDay(late.handleDue)}`).waitFor();
      await look(officer, "clocks");

      const administrator = await enrolPerson(portal, openStaff, ADMINISTRATOR);
      await administrator.goto("/staff/calendar");
      await administrator.getByLabel("年度", { exact: true }).fill(late.handleDue.slice(0, 4));
      await administrator.getByLabel("通知文号").fill("国办发明电〔2099〕1号");
      await administrator.getByLabel("放假日期").fill("二月三十");
      await administrator.getByRole("button", { name: "录入并重新计算期限" }).click();
      await administrator.getByText("请按行填写放假日期").first().waitFor();
      await look(administrator, "calendar-error");
      await administrator.getByLabel("放假日期").fill(late.handleDue);
      await administrator.getByRole("button", { name: "录入并重新计算期限" }).click();
      await administrator.getByText(/项正在计时的期限随之调整/).waitFor();
      await look(administrator, "calendar-added");

      await officer.reload();
      expect(await officer.getByText(`截止 ${formatDay(late.handleDue)}`).count()).toBe(0);
      await officer.goto(`/staff/leads/${late.leadId}`);
      await officer.getByText("因放假安排公布，期限重新计算").first().waitFor();

      await triage.goto("/staff/plan");
      await look(triage, "plan-history");
      await triage.getByLabel("名称").fill("本年度整治");
      await triage.getByRole("button", { name: "设定" }).click();
      await triage.getByText("本轮：本年度整治").waitFor();
      await look(triage, "plan-round");
      await triage.getByRole("link", { name: "摸底排查" }).click();
      await triage.locator("summary", { hasText: "登记" }).first().click();
      await look(triage, "plan-bodies");
      await triage.getByRole("button", { name: "保存", exact: true }).first().click();
      await triage.getByText("已登记。").waitFor();
      await triage.goto("/staff/alerts");
      await look(triage, "alerts");
    },
  );
});
