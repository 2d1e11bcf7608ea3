import { beforeAll, expect, it } from "vitest";
import { loader } from "~/routes/staff.dossiers_.$dossierId";
import { presentDossier } from "~server/dossiers/present-dossier.server";
import { readDossier } from "~server/dossiers/read-dossier.server";
import { recordFinding } from "~server/findings/record-finding.server";
import { verifyFinding } from "~server/findings/verify-finding.server";
import { loadPack } from "~server/packs/load-pack.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { moveLead } from "~server/triage/move-lead.server";
import { about, freshSite, sendToDossier, settleLead } from "~tests/factories/dossier-desk";
import { makePerson } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let verifier: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  verifier = await makePerson(portal, "banking-regulation", ["agency_verifier"]);
});

/** 一户一档, copied by hand from the plan (分类处置). */
const FIELDS = [
  ...["shareholders", "controller", "legal_representative", "registered_capital", "registered_address"],
  ...["operating_address", "branches", "stores", "products", "loan_balance", "lenders", "trade_volume"],
  ...["customers", "operating_model", "operating_state", "violations", "risks"],
];

it("a dossier's page has every field of 一户一档, the classes it was given, screened words and a timeline", async () => {
  const sent = await sendToDossier(portal, test.owner, about(freshSite(), "金华穗安投资管理有限公司"));
  await settleLead(test.owner, { leadId: sent.leadId, stage: "dispatched", major: false }, officer);
  const move = { note: null, legalBasis: null, proposedBody: null, closureCode: null };
  const accepted = { leadId: sent.leadId, version: 1, to: "investigating" as const, ...move };
  await moveLead(portal.db, { ...accepted, at: portal.clock.now() }, officer);
  const amounts = { illegalAmountFen: 100n, penaltyFen: null, illegalGainsFen: null, collectedFen: null };
  for (const entityClass of ["rectify", "ban"] as const) {
    const decision = {
      decisionNumber: `金处〔2026〕${entityClass}号`,
      decidedOn: "2026-03-01",
      isFinal: true,
    };
    const at = portal.clock.now();
    const { findingId } = await recordFinding(
      portal.db,
      { leadId: sent.leadId, entityClass, ...amounts, ...decision, at },
      officer,
    );
    await verifyFinding(portal.db, { findingId, outcome: "verified", reason: null, at }, verifier);
  }
  const page = await call(loader, {
    ...{ portal, actor: triage, url: "/staff/dossiers/x", params: { dossierId: sent.dossierId } },
  });
  const of = <T>(name: string) => page.field(name) as T[];
  expect(of<{ field: string }>("fields").map(({ field }) => field)).toEqual(FIELDS);
  const classes = of<{ entityClass: string; superseded: boolean }>("classes");
  expect(classes.map(({ entityClass, superseded }) => [entityClass, superseded])).toEqual([
    ["rectify", true],
    ["ban", false],
  ]);
  expect(of("keywords")).toEqual(["投资管理"]);
  expect(of<{ action: string }>("timeline").map(({ action }) => action)).toContain("lead.moved");
});

it("a dossier goes by the words of its own plan, whichever plan the portal has first", async () => {
  const sent = await sendToDossier(portal, test.owner, about(freshSite(), "金华穗安资本管理有限公司"));
  const page = await readDossier(portal.db, { dossierId: sent.dossierId }, triage);
  const [own, other] = [portal.pack.pack, loadPack("beijing").pack];
  expect(presentDossier([other, own], page)).toMatchObject({ keywords: [], sectors: ["P2P网络借贷"] });
  // Of another plan, which screens for more words: 北京 资本、资本管理.
  const there = presentDossier([own, other], { ...page, dossier: { ...page.dossier, packId: "beijing" } });
  expect(there.keywords).toContain("资本管理");
});
