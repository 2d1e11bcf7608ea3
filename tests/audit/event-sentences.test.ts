import { readFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { staffEvents } from "~/i18n/zh-CN/staff-events";
import { EVENT_ACTIONS, presentEvent } from "~server/audit/present-event";

const server = new URL("../../server/", import.meta.url);

/** Every action named in a file that records events: as `action:`, as an `event:` passed on, or built from a state. */
function recordedActions(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(server, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".server.ts")) continue;
    const source = readFileSync(new URL(file, server), "utf8");
    if (source.includes("recordEvent(")) {
      for (const [, given = ""] of source.matchAll(/\baction:([^,}]*)/g))
        for (const [, action = ""] of given.matchAll(/"([a-z]+\.[a-z_]+)"/g)) found.set(action, file);
    }
    if (source.includes("enterMoney(")) {
      for (const [, action = ""] of source.matchAll(/\bevent: "([a-z]+\.[a-z_]+)"/g)) found.set(action, file);
    }
  }
  return found;
}

it("every recorded action has a sentence of its own", () => {
  const recorded = recordedActions();
  expect([...recorded.keys()]).toEqual(
    expect.arrayContaining(["award.paid", "funds.received", "lead.moved"]),
  );
  // Built at run time: a signature is recorded under the state it leads to, an allowance under its kind.
  for (const state of ["prepared", "reviewed", "approved", "rejected"])
    recorded.set(`award.${state}`, "signing");
  for (const kind of ["approved", "adjusted"]) recorded.set(`budget.${kind}`, "allowance");
  const known = new Set<string>(EVENT_ACTIONS);
  expect([...recorded].filter(([action]) => !known.has(action))).toEqual([]);
});

it("every action offered as a filter is said in words, and an unknown one shows no code", () => {
  const said: Record<string, string> = staffEvents.events;
  expect(EVENT_ACTIONS.filter((action) => said[action.replace(".", "_")] === undefined)).toEqual([]);
  expect(said.other).not.toContain("{{");
});

it("the slot an event is about is shown by its name, an agency's by the agency's, and what is no slot not at all", () => {
  const row = {
    ...{
      id: "x",
      seq: 1n,
      recordedOn: "2026-03-02",
      recordedAt: null,
      actorKind: "system",
      actorSnapshot: null,
    },
    action: "keys.rotated",
  };
  const shown = (slot: unknown) =>
    presentEvent({ ...row, data: { slot } }, (id) => `名称 ${id}`).details.map(({ kind, value }) => [
      kind,
      value,
    ]);
  expect(shown("triage")).toEqual([["slot", "triage"]]);
  expect(shown("agency:jinhua.police")).toEqual([["slot", "agency:名称 jinhua.police"]]);
  expect(shown("anything")).toEqual([]);
  expect(shown(7)).toEqual([]);
  expect(staffEvents.details.slot).toBe("岗位");
});

it("every detail an event may show has a label", () => {
  const details: Record<string, string> = staffEvents.details;
  const given = { roots: 2, firstDay: "2026-03-02", leads: 3, keys: 4, found: 0, slot: "triage" };
  const row = {
    ...{
      id: "x",
      seq: 1n,
      recordedOn: "2026-03-02",
      recordedAt: null,
      actorKind: "system",
      actorSnapshot: null,
    },
    ...{ action: "audit.checkpoints_adopted", data: given },
  };
  const labels = presentEvent(row, (id) => id).details.map(({ label }) => label);
  expect(labels.toSorted()).toEqual(Object.keys(given).toSorted());
  for (const label of labels) expect(details[label]).toBeTruthy();
});
