import { SHOWN_RECEIPTS, demoReceipt } from "~server/demo/demo-receipts.server";
import type { Portal } from "~server/portal.server";
import { spellReceipt } from "~server/secrecy/receipt";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { listDemoPeople } from "~server/staff-auth/list-demo-people.server";

const STARTER = systemActor("start");

/**
 * Says where the portal is. In demo mode also a fresh one-time enrolment link for every demo person who has no
 * passkey yet, and receipts to look at /status with; both open invented data only.
 */
export async function announce(portal: Portal): Promise<void> {
  const { env } = portal;
  const lines = ["", `举报平台 Public : ${env.publicOrigin}/`, `工作台   Staff  : ${env.staffOrigin}/staff`];
  if (env.demo) {
    lines.push("", "演示人员的一次性登记链接（72 小时内有效，登记通行密钥后可签名）：");
    for (const person of await listDemoPeople(portal.db, { demoSignIn: true })) {
      const { link } = await createEnrolmentLink(
        portal.db,
        { staffId: person.id, publicOrigin: env.staffOrigin, clock: portal.clock },
        STARTER,
      );
      lines.push(`  ${person.displayName}（${person.agencyName} · ${person.roles.join(", ")}）\n    ${link}`);
    }
    lines.push("", "演示回执（在“查询进度”中输入）：");
    for (const { tip, shows } of SHOWN_RECEIPTS) {
      const { hanzi, numbers } = spellReceipt(demoReceipt(portal, tip));
      lines.push(`  ${shows}：${hanzi.join("")} / ${numbers.join(" ")}`);
    }
    lines.push("", "这是演示：数据均为虚构，请勿提交真实线索。按 Ctrl-C 停止。");
  }
  process.stdout.write(`${lines.join("\n")}\n\nready ${env.publicOrigin}\n`);
}
