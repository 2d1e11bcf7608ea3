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

const EVENT = { id: "x", seq: 1n, recordedOn: "2026-03-02", recordedAt: null };
const detailsOf = (action: string, data: unknown) =>
  presentEvent(
    { ...EVENT, actorKind: "system", actorSnapshot: null, action, data },
    (id) => `名称 ${id}`,
  ).details.map(({ label, value }) => [label, value]);

it("the slot an event is about is shown by its name, an agency's by the agency's, and what is no slot not at all", () => {
  const shown = (slot: unknown) => detailsOf("keys.rotated", { slot });
  expect(shown("triage")).toEqual([["slot", "triage"]]);
  expect(shown("agency:jinhua.police")).toEqual([["slot", "agency:名称 jinhua.police"]]);
  expect(shown("anything")).toEqual([]);
  expect(shown(7)).toEqual([]);
});

it("what the newer events tell is shown, and labelled", () => {
  const labels: Record<string, string> = staffEvents.details;
  const given = { roots: 2, firstDay: "2026-03-02", leads: 3, keys: 4, found: 0, slot: "triage" };
  const shown = detailsOf("audit.checkpoints_adopted", given).map(([label = ""]) => label);
  expect(shown.toSorted()).toEqual(Object.keys(given).toSorted());
  for (const label of shown) expect(labels[label]).toBeTruthy();
});
