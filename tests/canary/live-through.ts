import { eq } from "drizzle-orm";
import { leadAgencies, leads } from "~db/schema/leads";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { handOverAll } from "~server/demo/hand-over-all.server";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { makeWork } from "~server/intake/make-work.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import { reportAnswers } from "~tests/factories/report-answers";
import {
  patternsOf,
  patternsOfReceipt,
  plantedPerson,
  type Pattern,
  type PlantedPerson,
} from "./planted-values";

/** One report in so many comes by HTTP, page by page, with slips on the way; the rest through the same functions. */
const BY_HTTP_EACH = 20;
const TIPS_A_LEAD = 25;
const AT_ONCE = 8;

/**
 * Sends `people` invented reporters through the whole life of a tip on a running portal: drafts, slips of the pen,
 * submit, status by each spelling of the receipt, withdrawal, 转办, keys handed over, triage and officers reading.
 * Answers every pattern that must not be found anywhere afterwards.
 */
export async function liveThrough(portal: Portal, seed: string, people: number): Promise<Pattern[]> {
  const patterns: Pattern[] = [];
  const waiting = Array.from({ length: people }, (_, at) => at);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
        patterns.push(...(await reportAs(portal, seed, at)));
      }
    }),
  );
  await workTheLeads(portal, seed);
  return patterns;
}

async function reportAs(portal: Portal, seed: string, at: number): Promise<Pattern[]> {
  const person = plantedPerson(seed, at);
  const receipt = createReceipt();
  const raw = reportAnswers({
    mode: { mode: "named" },
    subject: {
      subjectKind: "site",
      name: `试验平台${seed}${Math.floor(at / TIPS_A_LEAD)}`,
      sites: `www.${seed}-${Math.floor(at / TIPS_A_LEAD)}.example`,
      uscc: "",
    },
    contact: { contactName: person.name, contactPhone: person.phone, contactEmail: person.email },
    narrative: { narrative: storyOf(person) },
  });
  await saveDraft(portal.db, { receipt, raw, at: portal.clock.now() });
  if (at % BY_HTTP_EACH === 0) await sendByHttp(portal, receipt, person, at);
  else await submitTip(portal, { receipt, language: "zh-CN" });
  if (at % BY_HTTP_EACH === 1) await withdrawTip(portal, { lookupId: lookupIdOf(receipt) });
  return [...patternsOf(person, at), ...patternsOfReceipt(receipt, spellReceipt(receipt), at)];
}

function storyOf(person: PlantedPerson): string {
  return `${person.narrative}我叫${person.name}，身份证${person.idNumber}，电话${person.phone}，邮箱${person.email}。`;
}

/** As a browser without a script does, with what people get wrong: fields in the wrong box, a receipt with a slip. */
async function sendByHttp(
  portal: Portal,
  receipt: Receipt,
  person: PlantedPerson,
  at: number,
): Promise<void> {
  const cookie = draftCookie(portal, receipt).split(";")[0] ?? "";
  const post = (path: string, fields: Record<string, string>) => ask(portal, path, { cookie, fields });
  await post("/report/contact", {
    contactName: person.phone,
    contactPhone: person.name,
    contactEmail: person.idNumber,
  });
  await post("/report/narrative", { narrative: person.name });
  // A page is only taken when those before it pass.
  await post("/report/narrative", { narrative: storyOf(person) });
  await post("/report/contact", {
    contactName: person.name,
    contactPhone: person.phone,
    contactEmail: person.email,
  });
  await post(`/report/${encodeURIComponent(person.name)}`, { narrative: person.phone });
  const now = portal.clock.now().getTime();
  const question = { a: 2, b: 3, wait: 3, from: now - 60_000, until: now + 3_600_000, misses: 0 };
  const work = await makeWork(portal, { lookupId: lookupIdOf(receipt), level: 0, question });
  const sent = await post("/report/check", {
    intent: "submit",
    challenge: work.challenge,
    solution: "",
    question: work.question,
    answer: "5",
  });
  if (sent.location !== "/report/done")
    throw new Error(`a report was answered ${sent.status} ${sent.location}`);
  const { hanzi, words, numbers } = spellReceipt(receipt);
  const spellings = [hanzi.join(""), words.join(" "), numbers.join("-")];
  const typed = spellings[(at / BY_HTTP_EACH) % spellings.length] ?? "";
  const status = await ask(portal, "/status", { fields: { receipt: typed } });
  if (!status.text.includes("试验平台")) throw new Error("a receipt did not open its report");
  await ask(portal, "/status", { fields: { receipt: `${typed} ${person.name}` } });
  await ask(portal, "/status", { body: `receipt=${typed}&%ZZ=${person.phone}` });
  await ask(portal, `/status?receipt=${encodeURIComponent(person.email)}`, {});
}

async function ask(
  portal: Portal,
  path: string,
  input: { cookie?: string; fields?: Record<string, string>; body?: string },
): Promise<{ status: number; location: string; text: string }> {
  const posting = input.fields !== undefined || input.body !== undefined;
  const response = await fetch(`${portal.env.publicOrigin}${path}`, {
    method: posting ? "POST" : "GET",
    redirect: "manual",
    headers: {
      origin: portal.env.publicOrigin,
      "x-forwarded-for": `198.18.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`,
      ...(input.cookie === undefined ? {} : { cookie: input.cookie }),
      ...(posting ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    },
    body: posting ? (input.body ?? new URLSearchParams(input.fields).toString()) : undefined,
  });
  return {
    status: response.status,
    location: response.headers.get("location") ?? "",
    text: await response.text(),
  };
}

/** Triage dispatches what came in and hands its keys over; both sides look at what they were given. */
async function workTheLeads(portal: Portal, seed: string): Promise<void> {
  const triage = await somebody(portal, "triage_officer");
  const rows = await withActor(portal.db, triage, (tx) =>
    tx.select({ id: leads.id, version: leads.version, name: leads.name }).from(leads),
  );
  const mine = rows.filter(({ name }) => name.startsWith(`试验平台${seed}`));
  if (mine.length === 0) throw new Error("no lead came of the reports");
  for (const { id, version } of mine) {
    await dispatchLead(
      portal.db,
      portal.pack,
      {
        leadId: id,
        version,
        sector: "p2p",
        triage: { suspectedCrime: false, petition: false, nested: false },
        insteadLeadBy: null,
        reason: null,
        at: portal.clock.now(),
      },
      triage,
    );
  }
  await handOverAll(portal, triage);
  const [first] = mine;
  const [holder] = await withActor(portal.db, triage, (tx) =>
    tx
      .select({ agencyId: leadAgencies.agencyId })
      .from(leadAgencies)
      .where(eq(leadAgencies.leadId, first?.id ?? "")),
  );
  const officer = await somebody(portal, "agency_officer", holder?.agencyId);
  for (const reader of [triage, officer]) {
    const page = await readLead(
      portal.db,
      { leadId: first?.id ?? "", tipsPage: 1, at: portal.clock.now() },
      reader,
    );
    const [tip] = page.tips;
    if (tip?.narrative.state !== "sealed" || tip.narrative.keys.length === 0)
      throw new Error("a narrative was not handed out to its readers");
  }
}

async function somebody(portal: Portal, role: string, agencyId?: string): Promise<StaffActor> {
  const actor = await withActor(portal.db, systemActor("canary"), async (tx) => {
    const held = await tx
      .select({ id: staff.id, agencyId: staff.agencyId })
      .from(staff)
      .innerJoin(staffRoles, eq(staffRoles.staffId, staff.id))
      .where(eq(staffRoles.role, role));
    const one = held.find((person) => agencyId === undefined || person.agencyId === agencyId);
    return one === undefined ? null : loadStaffActor(tx, one.id, "passkey");
  });
  if (actor === null) throw new Error(`the demo has no ${role}`);
  return actor;
}
