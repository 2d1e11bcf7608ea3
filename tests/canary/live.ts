import { sql } from "drizzle-orm";
import { withActor } from "~db/with-actor.server";
import { handOverAll } from "~server/demo/hand-over-all.server";
import { recordFinding } from "~server/findings/record-finding.server";
import { verifyFinding } from "~server/findings/verify-finding.server";
import { readStatus } from "~server/intake/read-status.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { utf8 } from "~server/secrecy/format";
import { openBundle } from "~server/secrecy/open-bundle";
import { openKeyring } from "~server/secrecy/open-keyring";
import { DEMO_PASSPHRASE } from "~server/secrecy/personal-key";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import { createReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { listDemoPeople } from "~server/staff-auth/list-demo-people.server";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import type { Role } from "~server/staff-auth/roles";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import type { Stage } from "~server/triage/stages";
import { fileReport, openBrowser } from "./browse";
import { claimRewards, type Claimed } from "./claim";
import { answersOf, plantedIn, type Planting } from "./plant";
import { withdraw } from "./withdraw";
import { sayByReceipt } from "./talk";

const AT_ONCE = 8;
/** Of every twenty reports one stays a draft. */
const DRAFTS = 20;
/** Of every eight reports one is taken back by its reporter, half of them before anybody at the office has read it. */
const WITHDRAWN = 8;

export type Lived = {
  readonly receipts: Receipt[];
  readonly submitted: number;
  readonly drafts: number;
  readonly byForms: number;
  readonly withdrawn: number;
  readonly leads: number;
  /** A narrative as an officer's browser opens it: what sealing kept, and what the search must find if it leaked. */
  readonly opened: string;
  /** Who gave an account, and which claim codes were shown. */
  readonly claimed: Claimed;
  /** Everything staff were answered. */
  readonly pages: string[];
};

/** The whole life of `planting.people` reports, the first `byForms` of them by plain forms over HTTP. */
export async function liveThrough(
  portal: Portal,
  origin: string,
  planting: Planting,
  byForms: number,
): Promise<Lived> {
  const receipts: Receipt[] = [];
  let drafts = 0;
  const numbers = Array.from({ length: planting.people }, (_, at) => at);
  await eachAtOnce(numbers.slice(0, byForms), async (person) => {
    const planted = plantedIn(planting, person);
    const receipt = await fileReport(openBrowser(origin, planted.address), answersOf(planting, person));
    await sayByReceipt(origin, receipt, planted);
    receipts[person] = receipt;
  });
  for (const person of numbers.slice(0, Math.min(byForms, 10))) {
    await misbehave(origin, planting, person, receipts[person] ?? createReceipt());
  }
  await eachAtOnce(numbers.slice(byForms), async (person) => {
    const receipt = createReceipt();
    receipts[person] = receipt;
    const answers = answersOf(planting, person);
    const at = portal.clock.now();
    await saveDraft(portal.db, { receipt, raw: { mode: answers.mode, narrative: answers.narrative }, at });
    await saveDraft(portal.db, { receipt, raw: answers, at });
    if (isDraft(person, byForms)) drafts += 1;
    else {
      await submitTip(portal, { receipt, language: "zh-CN" });
      await submitTip(portal, { receipt, language: "zh-CN" });
    }
    await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  });
  const leaving = numbers.filter(
    (person) => person % WITHDRAWN === WITHDRAWN - 2 && !isDraft(person, byForms),
  );
  const takeBack = (people: readonly number[]) =>
    eachAtOnce(people, (person) =>
      withdraw(
        portal,
        origin,
        receipts[person],
        person < byForms ? plantedIn(planting, person).address : null,
      ),
    );
  await takeBack(leaving.filter((_, at) => at % 2 === 0));
  const { leads, opened, claimed, pages } = await workOn(
    portal,
    origin,
    planting,
    receipts.slice(0, byForms),
  );
  await takeBack(leaving.filter((_, at) => at % 2 === 1));
  const submitted = planting.people - drafts;
  return { receipts, submitted, drafts, byForms, withdrawn: leaving.length, leads, opened, claimed, pages };
}

function isDraft(person: number, byForms: number): boolean {
  return person >= byForms && person % DRAFTS === DRAFTS - 1;
}

/** What people and scripts also send: wrong fields, forms without a draft, codes in addresses, broken bodies. */
async function misbehave(
  origin: string,
  planting: Planting,
  person: number,
  receipt: Receipt,
): Promise<void> {
  const planted = plantedIn(planting, person);
  const answers = answersOf(planting, person);
  const all = { ...planted, ...answers.contact, ...answers.narrative };
  const numbers = spellReceipt(receipt).numbers.join(" ");
  const browser = openBrowser(origin, planted.address);
  await browser.post("/report/narrative", all);
  await browser.post("/report", { intent: "begin", ...all });
  await browser.post("/report/contact", {
    ...all,
    contactEmail: `${planted.email}@@`,
    contactPhone: `${planted.phone}x`,
  });
  await browser.post("/report/subject", {
    ...all,
    subjectKind: "site",
    name: `\u0000${planted.name}`,
    sites: "::",
  });
  await browser.post("/report/narrative", {
    narrative: planted.narrative.slice(0, 3),
    intent: planted.idNumber,
  });
  await browser.post(`/report/mode?${new URLSearchParams(planted).toString()}`, { mode: planted.name });
  await browser.get(
    `/status?receipt=${encodeURIComponent(numbers)}&name=${encodeURIComponent(planted.name)}`,
  );
  await browser.get(`/${encodeURIComponent(planted.idNumber)}/${encodeURIComponent(planted.name)}`);
  await browser.get(`/%zz${planted.phone}`);
  await browser.post("/status", { receipt: `${numbers} ${planted.phone}` });
  await browser.post("/status", { receipt: planted.idNumber });
  await browser.send("/status", "application/json", JSON.stringify({ ...planted, receipt: numbers }));
  await browser.send("/report/narrative", "multipart/form-data; boundary=x", `--x\r\n${planted.narrative}`);
  await browser.send("/report", "text/plain", planted.narrative);
  await browser.send(
    "/staff/webauthn",
    "application/json",
    JSON.stringify({ step: planted.name, token: numbers }),
  );
  await browser.post("/staff/sign-in", { staffId: planted.idNumber, next: planted.name });
  // Too large: refused while it is still coming.
  await browser
    .post("/report/narrative", { narrative: planted.narrative.repeat(20_000) })
    .catch(() => undefined);
}

async function workOn(
  portal: Portal,
  origin: string,
  planting: Planting,
  receipts: readonly Receipt[],
): Promise<Pick<Lived, "leads" | "opened" | "claimed" | "pages">> {
  const people = await staffOf(portal);
  const triage = withRole(people, "triage_officer");
  const verifier = withRole(people, "agency_verifier");
  const officer = people.find(
    (one) => one.roles.includes("agency_officer") && one.agencyId === verifier.agencyId,
  );
  if (officer === undefined) throw new Error("the demo has no officer beside its verifier");
  const { rows } = await withActor(portal.db, systemActor("canary"), (tx) =>
    tx.execute<{ id: string }>(
      sql`select distinct l.id from leads l join tips t on t.lead_id = l.id where t.subject_name like '鸣禽理财%'`,
    ),
  );
  const versionOf = async (id: string) => {
    const found = await withActor(portal.db, systemActor("canary"), (tx) =>
      tx.execute<{ version: number }>(sql`select version from leads where id = ${id}`),
    );
    return found.rows[0]?.version ?? 0;
  };
  const move = async (leadId: string, to: Stage, actor: StaffActor) =>
    moveLead(
      portal.db,
      {
        ...{ leadId, to, version: await versionOf(leadId), note: "按程序办理", legalBasis: null },
        ...{ proposedBody: null, closureCode: null, at: portal.clock.now() },
      },
      actor,
    );
  for (const { id } of rows) {
    await move(id, "triage", triage);
    await dispatchLead(
      portal.db,
      portal.pack,
      {
        ...{
          leadId: id,
          version: await versionOf(id),
          sector: "p2p",
          insteadLeadBy: officer.agencyId,
          reason: "就近办理",
        },
        triage: { suspectedCrime: false, petition: false, nested: false },
        at: portal.clock.now(),
      },
      triage,
    );
  }
  await handOverAll(portal, triage);
  for (const [at, { id }] of rows.entries()) {
    await move(id, "investigating", officer);
    // One stays without: which leads the reporters with receipts are on is not known here.
    if (at === rows.length - 1) continue;
    const finding = {
      ...{ leadId: id, entityClass: "ban" as const, illegalAmountFen: 100_000_000n, penaltyFen: null },
      ...{ illegalGainsFen: null, collectedFen: null, decisionNumber: `金鸣决〔2026〕${String(at)}号` },
      ...{ decidedOn: "2026-03-01", isFinal: true, at: portal.clock.now() },
    };
    const { findingId } = await recordFinding(portal.db, finding, officer);
    await verifyFinding(
      portal.db,
      { findingId, outcome: "verified", reason: null, at: portal.clock.now() },
      verifier,
    );
  }
  const claimed = await claimRewards(portal, origin, planting, receipts);
  const [first] = rows;
  if (first === undefined) throw new Error("no report became a lead");
  const opened = await openOne(portal, first.id, officer);
  if (!opened.includes(planting.cores.narrative)) throw new Error("the officer's keys open no narrative");
  const leadIds = rows.slice(0, 2).map(({ id }) => id);
  const oneOfEach = people.filter(
    ({ roles }, at) => people.findIndex((other) => other.roles.join() === roles.join()) === at,
  );
  const pages = await Promise.all(
    [...new Set([...oneOfEach, officer])].map((person) => lookAround(origin, person, leadIds)),
  );
  return { leads: rows.length, opened, claimed, pages: pages.flat() };
}

async function staffOf(portal: Portal): Promise<StaffActor[]> {
  const listed = await listDemoPeople(portal.db, { demoSignIn: true });
  const loaded = await withActor(portal.db, systemActor("canary"), async (tx) => {
    const found: (StaffActor | null)[] = [];
    for (const { id } of listed) found.push(await loadStaffActor(tx, id, "passkey"));
    return found;
  });
  return loaded.filter((person) => person !== null);
}

function withRole(people: readonly StaffActor[], role: Role): StaffActor {
  const found = people.find(({ roles }) => roles.includes(role));
  if (found === undefined) throw new Error(`the demo has no ${role}`);
  return found;
}

/** The first narrative of a lead, as the officer's browser opens it. */
async function openOne(portal: Portal, leadId: string, officer: StaffActor): Promise<string> {
  const page = await readLead(portal.db, { leadId, tipsPage: 1, at: portal.clock.now() }, officer);
  const keyring = await openKeyring(await readKeyring(portal.db, officer), {
    method: "demo_passphrase",
    secret: utf8(DEMO_PASSPHRASE),
  });
  const sealed = page.tips[0]?.narrative;
  if (sealed?.state !== "sealed") return "";
  const opened = await openBundle(sealed, keyring?.roleKeys ?? []);
  return opened.state === "open" ? opened.text : "";
}

/** Signs in as a demo person and reads what they may. */
async function lookAround(origin: string, person: StaffActor, leadIds: readonly string[]): Promise<string[]> {
  const browser = openBrowser(origin, "192.0.2.1");
  await browser.post("/staff/sign-in", { staffId: person.id });
  const pages: string[] = [];
  for (const path of [
    ...[
      "/staff/board",
      "/staff/audit",
      "/staff/people",
      "/staff/rewards",
      "/staff/payments",
      "/staff/payouts",
      "/staff/window",
      "/staff/keyring",
    ],
    ...leadIds.flatMap((id) => [
      `/staff/leads/${id}`,
      `/staff/leads/${id}?tips=2`,
      `/staff/leads/${id}/findings`,
    ]),
  ])
    pages.push((await browser.get(path)).text);
  return pages;
}

async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items].reverse();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
    }),
  );
}
