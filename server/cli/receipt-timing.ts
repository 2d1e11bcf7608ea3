// Whether the time an answer takes tells an unknown receipt from a withdrawn or an expired one: `receipt-timing`
// [--tries 20000]. Asks /status of a portal of its own, in random order. JSON on stdout; exit 1 if any |t| ≥ 4.5.
import { randomBytes, randomInt } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { parseArgs } from "node:util";
import { inArray } from "drizzle-orm";
import type { RawAnswers } from "~/forms/report";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import { expireReceipts } from "~server/jobs/expire-receipts.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { systemActor } from "~server/staff-auth/actor";
import { InputError } from "./json-command";
import { runCommand } from "./run-command";
import { withScratchServer } from "./scratch-server";
import { momentsOf, welchT } from "./welch";

const LIMIT = 4.5;
const POOL = 100;
const WARM_UP = 600;
const KINDS = ["unknown", "withdrawn", "expired"] as const;
type Kind = (typeof KINDS)[number];

await runCommand("receipt-timing", async () => {
  const { values } = parseArgs({ options: { tries: { type: "string", default: "20000" } } });
  const tries = Number(values.tries);
  if (!Number.isInteger(tries) || tries < 300 || tries > 1_000_000) {
    throw new InputError("tries", "--tries is a whole number from 300 to 1000000");
  }
  // Many wrong receipts from one network are asked for work first (decision 015): each try comes from another.
  process.env.TRUST_PROXY = "1";
  const taken = await withScratchServer((portal) => measure(portal, tries));
  const pairs = (
    [
      ["unknown", "withdrawn"],
      ["unknown", "expired"],
      ["withdrawn", "expired"],
    ] as const
  ).map(([a, b]) => ({ a, b, t: Number(welchT(taken[a], taken[b]).toFixed(2)) }));
  const ok = pairs.every(({ t }) => Math.abs(t) < LIMIT);
  const means = Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      { tries: taken[kind].length, meanMs: Number(momentsOf(taken[kind]).mean.toFixed(4)) },
    ]),
  );
  process.stdout.write(`${JSON.stringify({ ok, tries, limit: LIMIT, pairs, means })}\n`);
  return ok ? 0 : 1;
});

async function measure(portal: Portal, tries: number): Promise<Record<Kind, number[]>> {
  const [withdrawn, expired] = [await withdrawnReceipts(portal), await expiredReceipts(portal)];
  const draw: Record<Kind, () => Receipt | undefined> = {
    unknown: createReceipt,
    withdrawn: () => withdrawn[randomInt(withdrawn.length)],
    expired: () => expired[randomInt(expired.length)],
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const taken: Record<Kind, number[]> = { unknown: [], withdrawn: [], expired: [] };
  const answers = new Set<string>();
  for (let turn = -WARM_UP; turn < tries; turn += 1) {
    const kind = KINDS[randomInt(KINDS.length)] ?? "unknown";
    const receipt = draw[kind]();
    if (receipt === undefined) continue;
    const { ms, answer } = await ask(portal, agent, spellReceipt(receipt).numbers.join(" "));
    answers.add(answer);
    if (turn >= 0) taken[kind].push(ms);
  }
  agent.destroy();
  if (answers.size !== 1) throw new InputError("answers", "the answers differ in status, headers or length");
  return taken;
}

async function sendReports(portal: Portal): Promise<{ receipt: Receipt; tipId: string }[]> {
  const sent = [];
  for (let at = 0; at < POOL; at += 1) {
    const receipt = createReceipt();
    const mark = randomBytes(6).toString("hex");
    const raw: RawAnswers = {
      mode: { mode: "anonymous" },
      relation: { relation: "other" },
      kind: { subjectKind: "site" },
      online: { sites: `www.${mark}.example`, apps: "" },
      subject: { name: `测时平台${mark}`, uscc: "" },
      territory: { operating: "unknown", registered: "", occurred: "" },
      sector: { sector: "unknown" },
      "red-lines": { redLines: ["other"] },
      time: { startedOn: "2025-03", ongoing: "unknown" },
      amounts: { amount: "unknown" },
      scale: { people: "unknown" },
      narrative: { narrative: "这是测量查询时间用的虚构举报，不含任何真实内容，测完即删。" },
      source: { source: "own_experience", prior: "no" },
      official: { official: "no" },
      reward: { wantsReward: "no" },
      declaration: { truthful: "yes" },
    };
    await saveDraft(portal.db, { receipt, raw, at: portal.clock.now() });
    const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
    sent.push({ receipt, tipId });
  }
  return sent;
}

async function withdrawnReceipts(portal: Portal): Promise<Receipt[]> {
  const sent = await sendReports(portal);
  for (const { receipt } of sent) await withdrawTip(portal, { lookupId: lookupIdOf(receipt) });
  return sent.map(({ receipt }) => receipt);
}

async function expiredReceipts(portal: Portal): Promise<Receipt[]> {
  const sent = await sendReports(portal);
  const closedAt = new Date(portal.clock.now().getTime() - 4 * 366 * 86_400_000);
  await withActor(portal.db, systemActor("receipt-timing"), (tx) =>
    tx
      .update(leads)
      .set({ stage: "closed", closureCode: "unsubstantiated", closedAt })
      .where(
        inArray(
          leads.id,
          tx
            .select({ id: tips.leadId })
            .from(tips)
            .where(
              inArray(
                tips.id,
                sent.map(({ tipId }) => tipId),
              ),
            ),
        ),
      ),
  );
  await expireReceipts(portal.db, portal.clock);
  return sent.map(({ receipt }) => receipt);
}

/** One question on /status: milliseconds to the last byte, and status, header names and length of the answer. */
function ask(portal: Portal, agent: Agent, receipt: string): Promise<{ ms: number; answer: string }> {
  const body = new URLSearchParams({ receipt }).toString();
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const sent = httpRequest(
      `http://127.0.0.1:${String(portal.env.port)}/status`,
      {
        method: "POST",
        agent,
        headers: {
          host: new URL(portal.env.publicOrigin).host,
          origin: portal.env.publicOrigin,
          "content-type": "application/x-www-form-urlencoded",
          "content-length": String(body.length),
          "accept-encoding": "identity",
          "x-forwarded-for": `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`,
        },
      },
      (response) => {
        let length = 0;
        response.on("data", (chunk: Buffer) => (length += chunk.length));
        response.on("end", () => {
          const ms = Number(process.hrtime.bigint() - started) / 1e6;
          const names = response.rawHeaders.filter((_, at) => at % 2 === 0).join(",");
          resolve({ ms, answer: `${String(response.statusCode)} ${names} ${String(length)}` });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
