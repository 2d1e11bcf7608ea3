import { and, eq, gt, isNull } from "drizzle-orm";
import { clockExtensions, leadClocks } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { askExtension } from "~server/clocks/ask-extension.server";
import { decideExtension } from "~server/clocks/decide-extension.server";
import { issueLetter } from "~server/handling/issue-letter.server";
import { recordStep } from "~server/handling/record-step.server";
import { systemActor } from "~server/staff-auth/actor";
import type { Act } from "./play-act";

const SEEDER = systemActor("demo-seed");

/** One limit that was extended, and a 整改意见书 that was served. The story's open question keeps a third one still. */
export function playHandling(of: { extended: () => string; handled: () => string }): Act[] {
  return [
    {
      daysAgo: 7,
      play: async ({ portal, clock, by }) => {
        const { db } = portal;
        const leadId = of.extended();
        const at = clock.now();
        const [running] = await withActor(db, SEEDER, (tx) =>
          tx
            .select({ id: leadClocks.id })
            .from(leadClocks)
            .where(
              and(eq(leadClocks.leadId, leadId), isNull(leadClocks.endedOn), gt(leadClocks.extensionDays, 0)),
            ),
        );
        if (running === undefined) throw new Error("the story extends a limit that does not run");
        const reason = "商品房预售资金账户较多，需向多家银行调取流水。";
        await askExtension(db, { leadId, clockId: running.id, reason, at }, by("construction-officer"));
        const [asked] = await withActor(db, SEEDER, (tx) =>
          tx
            .select({ id: clockExtensions.id })
            .from(clockExtensions)
            .where(eq(clockExtensions.clockId, running.id)),
        );
        const extensionId = asked?.id ?? "";
        await decideExtension(
          db,
          { leadId, extensionId, outcome: "granted", at },
          by("construction-verifier"),
        );
      },
    },
    {
      daysAgo: 10,
      play: async ({ portal, clock, by }) => {
        const leadId = of.handled();
        const actor = by("msa-officer");
        const { letterId } = await issueLetter(
          { ...portal, clock },
          {
            ...{ leadId, kind: "rectify", recipient: "演示·被整改单位" },
            ...{ legalBasis: "《中华人民共和国广告法》第五十五条", reason: "发布未经证明的收益承诺。" },
            items: [
              { text: "撤下全部含有收益承诺的广告。", clause: "广告法 第二十五条" },
              { text: "清理投放渠道并书面报告。", clause: null },
            ],
            ...{ limit: { days: 15, kind: "working" }, replyTo: null },
          },
          actor,
        );
        await recordStep(
          portal.db,
          {
            ...{ leadId, letterId, kind: "served", onDay: chinaDay(clock.now()), result: null },
            ...{ extendDays: null, documentNumber: null, note: "当面送达，签收回证存卷。", bundle: null },
            at: clock.now(),
          },
          actor,
        );
      },
    },
  ];
}
