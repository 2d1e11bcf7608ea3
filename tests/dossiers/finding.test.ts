import { beforeAll, describe, expect, it } from "vitest";
import type { RawAnswers } from "~/forms/report";
import { usccCheckCharacter } from "~/forms/uscc";
import { loader as printed } from "~/routes/staff.dossiers_.$dossierId_.pdf";
import { action, loader } from "~/routes/staff.dossiers_.$dossierId";
import { listDossiers } from "~server/dossiers/list-dossiers.server";
import { mergeDossiers } from "~server/dossiers/merge-dossiers.server";
import { addAlias } from "~server/dossiers/name-dossier.server";
import { dismissSuggestion, restoreSuggestion } from "~server/dossiers/dismiss-suggestion.server";
import { readDossier } from "~server/dossiers/read-dossier.server";
import { recordField } from "~server/dossiers/record-field.server";
import { unmergeDossiers } from "~server/dossiers/unmerge-dossiers.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { about, freshSite, sendToDossier, settleLead } from "~tests/factories/dossier-desk";
import { makePerson } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let colleague: StaffActor;
let officer: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  colleague = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
});

const send = (over: RawAnswers) => sendToDossier(portal, test.owner, over);
const fresh = freshSite;
const settle = (leadId: string, stage: "new" | "triage" | "dispatched" | "investigating", major: boolean) =>
  settleLead(test.owner, { leadId, stage, major }, officer);

describe("which dossier a report finds", () => {
  const coded = (first17: string) => `${first17}${usccCheckCharacter(first17) ?? ""}`;
  const by = (phonesOrAccounts: string, uscc = "") => ({
    subject: { subjectKind: "organisation", name: "某某公司", uscc, sites: "" },
    "in-charge": { responsible: "", phonesOrAccounts },
  });
  it.each([
    ["a mobile number", "13857912345", "+86 138 5791 2345"],
    ["a fixed number", "0579-82312345", "057982312345"],
    ["a payment card", "6222 0210 0111 2233 447", "6222021001112233447"],
    ["an account's address", "hepan@pay.example", "HEPAN@pay.example"],
  ])("is that with the same %s", async (_what, first, second) => {
    const one = await send(by(first));
    expect((await send(by(second))).leadId).toBe(one.leadId);
  });
  it.each([["95588"], ["400-800-1234"], ["12363"], ["微信 hepan"]])(
    "is none by what many share, or what is no whole number: %s",
    async (shared) => {
      const one = await send(by(shared));
      expect((await send(by(shared))).leadId).not.toBe(one.leadId);
    },
  );
  it("is another where the same phone comes with another 信用代码; triage is told", async () => {
    const one = await send(by("13912345671", coded("91330782MA28D1234")));
    const two = await send(by("13912345671", coded("91330700MA2E8ABC1")));
    expect(two.leadId).not.toBe(one.leadId);
    const { suggestions } = await readDossier(portal.db, { dossierId: two.dossierId }, triage);
    expect(suggestions[0]).toMatchObject({ dossierId: one.dossierId, shared: [{ kind: "phone" }] });
  });
});

describe("suggestions and search", () => {
  it("find names by two characters, traditional, full-width, within a longer name, and by an alias", async () => {
    const sent = await send(about(fresh(), "金华穗丰财富管理有限公司"));
    await addAlias(
      portal.db,
      { dossierId: sent.dossierId, name: "ＳＵＩ穗豐寶", at: portal.clock.now() },
      triage,
    );
    const find = async (fragment: string, actor = triage) =>
      (await listDossiers(portal.db, { fragment, page: 1 }, actor)).dossiers.map(({ id }) => id);
    for (const fragment of ["穗丰", "穗豐", "丰财", "ｓｕｉ穗", "丰宝"])
      expect(await find(fragment), fragment).toEqual([sent.dossierId]);
    expect(await find("没有这个")).toEqual([]);
    expect((await listDossiers(portal.db, { fragment: "穗", page: 1 }, triage)).tooShort).toBe(true);
    expect(await find("穗丰", officer)).toEqual([]);
  });

  it("name alike subjects with a score and why, and never one of another name", async () => {
    const one = await send(about(fresh(), "金华麦禾投资管理有限公司"));
    const like = await send(about(fresh(), "麥禾財富管理"));
    await send(about(fresh(), "金华天元投资管理有限公司"));
    const { suggestions } = await readDossier(portal.db, { dossierId: one.dossierId }, triage);
    expect(suggestions.map(({ dossierId }) => dossierId)).toEqual([like.dossierId]);
    expect(suggestions[0]?.likeName).toMatchObject({ name: "麥禾財富管理" });
    expect(suggestions[0]?.score).toBeGreaterThanOrEqual(25);
  });

  it("are dismissed for both sides of a pair, by whom and why, once, until that is taken back", async () => {
    const one = await send(about(fresh(), "金华稻香投资管理有限公司"));
    const like = await send(about(fresh(), "稻香财富管理"));
    const seen = async (of: { dossierId: string }, actor = triage) => {
      const page = await readDossier(portal.db, { dossierId: of.dossierId }, actor);
      return { like: page.suggestions.map(({ dossierId }) => dossierId), dismissals: page.dismissals };
    };
    const at = portal.clock.now();
    const pair = { dossierId: one.dossierId, otherId: like.dossierId, reason: "法定代表人和地址不同", at };
    const mirrored = { ...pair, dossierId: like.dossierId, otherId: one.dossierId };
    expect((await seen(one)).like).toEqual([like.dossierId]);
    for (const actor of [officer, await makePerson(portal, "finance", ["auditor"])])
      expect(await refusalOf(dismissSuggestion(portal.db, pair, actor))).toBe("not_found");
    expect(await refusalOf(dismissSuggestion(portal.db, { ...pair, otherId: one.dossierId }, triage))).toBe(
      "dismissal_self",
    );
    const both = await Promise.allSettled([
      dismissSuggestion(portal.db, pair, triage),
      dismissSuggestion(portal.db, mirrored, triage),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    for (const [side, other] of [
      [one, like],
      [like, one],
    ] as const) {
      const now = await seen(side);
      expect(now.like).toEqual([]);
      expect(now.dismissals).toMatchObject([{ dossierId: other.dossierId, reason: pair.reason }]);
    }
    const id = (await seen(one)).dismissals[0]?.id ?? "";
    await expect(
      test.owner.query("update dossier_dismissals set reason = '另一个理由' where id = $1", [id]),
    ).rejects.toMatchObject({ constraint: "dossier_dismissals_kept" });
    await restoreSuggestion(portal.db, { dossierId: like.dossierId, dismissalId: id, at }, triage);
    expect(await seen(one)).toEqual({ like: [like.dossierId], dismissals: [] });
    expect(
      await refusalOf(
        restoreSuggestion(portal.db, { dossierId: one.dossierId, dismissalId: id, at }, triage),
      ),
    ).toBe("dismissal_gone");
    // Judged anew after that.
    await dismissSuggestion(portal.db, mirrored, triage);
    expect((await seen(one)).like).toEqual([]);
  });

  it("tell a body nothing of leads it does not hold, leads of the office, or tips about officials", async () => {
    const phone = { "in-charge": { responsible: "张三丰", phonesOrAccounts: "4008001234" } };
    const held = await send(about(fresh(), "云禾理财", phone));
    await settle(held.leadId, "dispatched", false);
    const other = await send(about(fresh(), "云禾理财二部", phone));
    const office = await send(about(fresh(), "云禾理财三部", { ...phone, official: { official: "yes" } }));
    const beside = await send(about(fresh(), "云禾理财四部", phone));
    await settle(beside.leadId, "dispatched", false);
    const seen = await readDossier(portal.db, { dossierId: held.dossierId }, officer);
    expect(seen.suggestions).toEqual([]);
    expect(seen.keys).toEqual([]);
    expect(seen.merges).toEqual([]);
    expect(seen.leads[0]?.registered).toBeNull();
    expect(seen.links.map(({ dossierId }) => dossierId)).toEqual([beside.dossierId]);
    const all = await readDossier(portal.db, { dossierId: held.dossierId }, triage);
    expect(all.suggestions.map(({ dossierId }) => dossierId).toSorted()).toEqual(
      [other.dossierId, office.dossierId, beside.dossierId].toSorted(),
    );
    for (const hidden of [other, office])
      expect(await refusalOf(readDossier(portal.db, { dossierId: hidden.dossierId }, officer))).toBe(
        "not_found",
      );
    expect((await listDossiers(portal.db, { fragment: "云禾", page: 1 }, officer)).dossiers).toHaveLength(2);
  });
});

describe("a name given by a report kept to the office", () => {
  const official = { official: { official: "yes" } };
  const found = async (fragment: string, actor: StaffActor) =>
    (await listDossiers(portal.db, { fragment, page: 1 }, actor)).dossiers.map(({ name }) => name);

  it("is told no body on the page, in the list, in the search or in links; it reads its own lead's", async () => {
    const site = fresh();
    const phone = { "in-charge": { responsible: "周某某", phonesOrAccounts: "" } };
    const first = await send(about(site, "某局长亲属的穗远公司", { ...phone, ...official }));
    await test.owner.query(
      "update leads set stage = 'closed', closure_code = 'unsubstantiated', closed_at = now(), version = version + 1 where id = $1",
      [first.leadId],
    );
    const second = await send(about(site, "穗远理财", phone));
    expect([second.dossierId, second.leadId === first.leadId]).toEqual([first.dossierId, false]);
    await settle(second.leadId, "dispatched", false);
    const beside = await send(about(fresh(), "穗近理财", phone));
    await settle(beside.leadId, "dispatched", false);

    const page = await readDossier(portal.db, { dossierId: first.dossierId }, officer);
    expect(page.dossier.name).toBe("穗远理财");
    const linked = await readDossier(portal.db, { dossierId: beside.dossierId }, officer);
    expect(linked.links).toMatchObject([{ dossierId: first.dossierId, name: "穗远理财" }]);
    expect(await found("局长", officer)).toEqual([]);
    expect(await found("穗远", officer)).toEqual(["穗远理财"]);
    expect(await found("", officer)).toEqual(expect.arrayContaining(["穗远理财", "穗近理财"]));
    expect(
      JSON.stringify([page, linked, await found("", officer)], (_k, v) =>
        typeof v === "bigint" ? `${v}` : (v as unknown),
      ),
    ).not.toContain("局长");
    expect(await found("局长", triage)).toEqual(["某局长亲属的穗远公司"]);
    expect((await readDossier(portal.db, { dossierId: first.dossierId }, triage)).dossier.name).toContain(
      "局长",
    );
    await expect(
      test.owner.query("update dossiers set name_office_only = false where id = $1", [first.dossierId]),
    ).rejects.toThrow();
  });

  it("stays with the office when an ordinary dossier is merged into it, and when it is merged into one", async () => {
    const versionOf = async (id: string) =>
      (await test.owner.query<{ version: number }>("select version from dossiers where id = $1", [id]))
        .rows[0]?.version ?? 0;
    const merge = async (keptId: string, mergedId: string) =>
      mergeDossiers(
        portal.db,
        portal.pack.pack,
        {
          ...{
            keptId,
            mergedId,
            keptVersion: await versionOf(keptId),
            mergedVersion: await versionOf(mergedId),
          },
          ...{ reason: "同一主体", at: portal.clock.now() },
        },
        triage,
      );
    const close = (leadId: string) =>
      test.owner.query(
        "update leads set stage = 'closed', closure_code = 'unsubstantiated', closed_at = now(), version = version + 1 where id = $1",
        [leadId],
      );
    for (const into of ["kept", "ordinary"] as const) {
      const kept = await send(about(fresh(), `某县长关照的平台${into}`, official));
      const plain = await send(about(fresh(), `麦远理财${into}`));
      await settle(plain.leadId, "dispatched", false);
      await close(kept.leadId);
      const [to, from] = into === "kept" ? [kept, plain] : [plain, kept];
      const { mergeId } = await merge(to.dossierId, from.dossierId);
      const page = await readDossier(portal.db, { dossierId: to.dossierId }, officer);
      expect(page.dossier.name).toBe(`麦远理财${into}`);
      expect(page.aliases.filter(({ name }) => name.includes("县长"))).toEqual([]);
      expect(await found("县长", officer)).toEqual([]);
      await unmergeDossiers(
        portal.db,
        portal.pack.pack,
        { mergeId, reason: "并非同一主体", at: portal.clock.now() },
        triage,
      );
      const { rows } = await test.owner.query(
        "select name_office_only as kept from dossiers where id = any($1) order by 1",
        [[to.dossierId, from.dossierId]],
      );
      expect(rows).toEqual([{ kept: false }, { kept: true }]);
      expect(await refusalOf(readDossier(portal.db, { dossierId: kept.dossierId }, officer))).toBe(
        "not_found",
      );
    }
  });
});

describe("the list of a body that holds very many leads", () => {
  const FRAGMENTS = ["", "云禾", "穗远", "局长", "理财"];
  const listed = (actor = officer) =>
    Promise.all(FRAGMENTS.map((fragment) => listDossiers(portal.db, { fragment, page: 1 }, actor)));

  it("has what it has while they are few", async () => {
    const [few, office] = [await listed(), await listed(triage)];
    expect(few[0]?.dossiers.length).toBeGreaterThan(2);
    // Cards of leads that are not there: only their number is asked. This file's database goes away with it.
    await test.owner.query("alter table lead_cards drop constraint lead_cards_lead_fk");
    await test.owner.query(
      `insert into lead_cards (reach, lead_id, pack_id, number, stage, is_major, sectors, opened_on)
       select $1, gen_random_uuid(), 'jinhua', 1000000 + n, 'new', false, '{}', current_date from generate_series(1, 2000) n`,
      [officer.agencyId],
    );
    expect(await listed()).toEqual(few);
    // And names that many dossiers share, none of which is the body's.
    const alike = `insert into dossiers (id, pack_id, name, opened_on, folded, grams) select gen_random_uuid(), 'jinhua',
      f || n, current_date, f || n, array[f] from generate_series(1, 2000) n, unnest($1::text[]) f`;
    await test.owner.query(alike, [FRAGMENTS.slice(1)]);
    expect(await listed()).toEqual(few);
    expect(await listed(triage)).toEqual(office);
    await test.owner.query("delete from lead_cards where number > 1000000");
  });
});

describe("a field of 一户一档", () => {
  it("keeps every version with its source, and refuses a stale one, an unchanged one and another body's", async () => {
    const sent = await send(about(fresh()));
    const { dossierId } = sent;
    const write = (version: number, value: string, actor = triage) =>
      recordField(
        portal.db,
        { dossierId, field: "controller", version, value, source: "工商登记", at: portal.clock.now() },
        actor,
      );
    await write(0, "张三");
    expect(await refusalOf(write(0, "李四"))).toBe("stale_field");
    expect(await refusalOf(write(1, "张三"))).toBe("unchanged_field");
    expect(await refusalOf(write(1, "李四", officer))).toBe("not_found");
    const raced = await Promise.all([refusalOf(write(1, "李四")), refusalOf(write(1, "王五", colleague))]);
    expect(raced.toSorted()).toEqual(["accepted", "stale_field"]);
    await settle(sent.leadId, "investigating", false);
    await write(2, "赵六", officer);
    const page = await readDossier(portal.db, { dossierId }, officer);
    expect(page.fields).toMatchObject([{ field: "controller", version: 3, value: "赵六" }]);
    expect(page.fieldHistory.map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  it("that the office writes of its own lead has versions of its own, and is in no body's way", async () => {
    const site = fresh();
    const first = await send(about(site));
    await settle(first.leadId, "investigating", false);
    const { dossierId } = first;
    const write = (version: number, value: string, actor: StaffActor) =>
      recordField(
        portal.db,
        { dossierId, field: "controller", version, value, source: "工商登记", at: portal.clock.now() },
        actor,
      );
    await write(0, "甲某", officer);
    await test.owner.query(
      "update leads set stage = 'closed', closure_code = 'unsubstantiated', closed_at = now() where id = $1",
      [first.leadId],
    );
    const kept = await send(about(site, "同一家", { official: { official: "yes" } }));
    expect(kept.dossierId).toBe(dossierId);
    const seen = async (actor: StaffActor) => {
      const page = await readDossier(portal.db, { dossierId }, actor);
      return [page.fields[0]?.value, page.fieldBases.get("controller") ?? 0, page.fieldHistory.length];
    };
    expect(await seen(triage)).toEqual(["甲某", 0, 1]);
    await write(0, "乙某（官员亲属）", triage);
    expect(await refusalOf(write(0, "丁某", colleague))).toBe("stale_field");
    expect(await seen(triage)).toEqual(["乙某（官员亲属）", 1, 2]);
    expect(await seen(officer)).toEqual(["甲某", 1, 1]);
    await write(1, "丙某", officer);
    expect(await seen(officer)).toEqual(["丙某", 2, 2]);
    expect(await seen(triage)).toEqual(["丙某", 1, 3]);
    await write(1, "乙某（官员亲属）", triage);
    expect(await seen(triage)).toEqual(["乙某（官员亲属）", 2, 4]);
    expect(await seen(officer)).toEqual(["丙某", 2, 2]);
  });

  it("written while the lead is the leading office's stays with the office", async () => {
    const sent = await send(about(fresh(), "某局下属公司", { official: { official: "yes" } }));
    const { dossierId } = sent;
    const written = { field: "risks", version: 0, value: "仅内部掌握", source: "领导批示" } as const;
    await recordField(portal.db, { dossierId, ...written, at: portal.clock.now() }, triage);
    await settle(sent.leadId, "dispatched", false);
    await test.owner.query("update leads set leading_office_only = false where id = $1", [sent.leadId]);
    expect((await readDossier(portal.db, { dossierId }, officer)).fields).toEqual([]);
    expect((await readDossier(portal.db, { dossierId }, triage)).fields).toHaveLength(1);
  });
});

describe("the page of a dossier", () => {
  it("keeps what was typed when a form is wrong, and goes back to itself when it was carried out", async () => {
    const sent = await send(about(fresh()));
    const page = (form: Record<string, string>, actor = triage) =>
      call(action, { portal, actor, url: "/staff/dossiers/x", params: { dossierId: sent.dossierId }, form });
    const field = { intent: "field", field: "risks", version: "0", value: "资金池", source: "" };
    const wrong = await page(field);
    expect(wrong).toMatchObject({
      status: 400,
      body: { of: "risks", state: { values: { value: "资金池" } } },
    });
    expect((await page({ ...field, source: "现场检查" })).location).toContain("done=field");
    expect(
      await page({ intent: "merge", leadNumber: "999999", version: "1", reason: "同一主体" }),
    ).toMatchObject({
      status: 400,
      body: { state: { errors: { leadNumber: "noSuchLead" } } },
    });
    expect((await page({ ...field, version: "1", source: "现场检查" }, officer)).status).toBe(404);
    const seen = await call(loader, {
      portal,
      actor: officer,
      url: "/staff/dossiers/x",
      params: { dossierId: sent.dossierId },
    });
    expect(seen.status).toBe(404);
  });

  it("prints to the same bytes, with number and hash, and no word of a reporter", async () => {
    const sent = await send(about(fresh(), "金华穗安投资管理有限公司"));
    const print = async (actor: StaffActor) => {
      const context = { portal, nonce: "", actor };
      const params = { dossierId: sent.dossierId };
      const request = new Request("http://staff.example/staff/dossiers/x/pdf");
      const made = await printed({ request, params, context });
      return Buffer.from(await made.arrayBuffer());
    };
    const first = await print(triage);
    expect(first.subarray(0, 5).toString()).toBe("%PDF-");
    expect((await print(triage)).equals(first)).toBe(true);
    await expect(print(officer)).rejects.toMatchObject({ status: 404 });
  });
});
