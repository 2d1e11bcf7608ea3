import { readFileSync } from "node:fs";
import { v4 as uuidv4 } from "uuid";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { readIntakeKeys } from "~server/secrecy/read-role-keys.server";
import { sealTip } from "~server/secrecy/seal-tip.server";
import { systemActor } from "~server/staff-auth/actor";

const TIPS = 400;

/** What a named report seals: content to triage, the identity's two shares to the custodians. Three recipients. */
const PARTS = [
  { field: "narrative", text: "业务员在小区门口摆摊，说每月返利百分之三。".repeat(12) },
  { field: "details", text: JSON.stringify({ promisedYield: "36%", arrivedAt: "2026-01-01T00:00:00.000Z" }) },
  { field: "identity", text: JSON.stringify({ name: "测试", phone: "13800000000", email: "" }) },
] as const;

/** CPU milliseconds (user and system) a tip costs to seal to three recipients, all threads of this process counted. */
export async function measureSealing(portal: Portal): Promise<number> {
  const keys = await withActor(portal.db, systemActor("bench"), (tx) => readIntakeKeys(tx));
  for (let warm = 0; warm < 50; warm += 1) sealTip(uuidv4(), PARTS, keys);
  const before = process.cpuUsage();
  for (let at = 0; at < TIPS; at += 1) {
    const sealed = sealTip(uuidv4(), PARTS, keys);
    if (sealed.keys.length !== 3) throw new Error("a tip was not sealed to three recipients");
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / TIPS;
}

/** CPU milliseconds a process has used so far, or null where the system does not tell (not Linux). */
export function cpuOf(pid: number): number | null {
  try {
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .split(") ")[1]
        ?.split(" ") ?? [];
    // utime and stime, in ticks of 10 ms on every Linux Node runs on.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}
