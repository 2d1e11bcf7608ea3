// Run as a process of its own, to be killed: plays stories of awards until it is.
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { v7 as uuidv7 } from "uuid";
import { openDatabase, type Database } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import { createSoftwarePasskey } from "~server/demo/software-passkey";
import { DomainError } from "~server/errors.server";
import { mayTryAgain } from "~server/ledger/retry-posting.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { TestPerson } from "~tests/factories/make-staff";
import { findEffect, playAct, type StormDesk } from "./play-act";
import { STORIES, mendLog, readLog, type Act, type Facts, type LogLine, type StoryName } from "./story";

export type Stage = {
  readonly url: string;
  readonly log: string;
  readonly lanes: number;
  readonly fundId: string;
  readonly budgetId: string;
  readonly windowId: string;
  readonly people: Readonly<
    Record<"preparer" | "reviewer" | "approver" | "cashier" | "second" | "clerk", StaffActor>
  >;
};

const stage = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Stage;
mendLog(stage.log);
const past = readLog(stage.log);
const handle = openSync(stage.log, "a");
const db = openDatabase(stage.url, { max: stage.lanes + 4 });

/** On the disk before anything else happens: what is told here was told to a person. */
function write(line: LogLine): void {
  writeSync(handle, `${JSON.stringify(line)}\n`);
  fsyncSync(handle);
}

/** A software key lives in its process: each life of the worker registers new ones for the same people. */
async function arm(actor: StaffActor): Promise<TestPerson> {
  const passkey = createSoftwarePasskey();
  const passkeyId = uuidv7();
  const { credentialId, publicKey } = passkey;
  await db.orm.insert(passkeys).values({ id: passkeyId, staffId: actor.id, credentialId, publicKey });
  return { actor, passkey, passkeyId };
}

async function untilAnswered<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      await new Promise((resume) => setTimeout(resume, 30 + 100 * Math.random()));
    }
  }
}

/** The portal has said that it does not know, or the line broke under it. */
function isNoAnswer(error: unknown): boolean {
  if (error instanceof DomainError) return error.code === "posting_unconfirmed";
  return mayTryAgain(error);
}

/** A bank's reference has no long run of digits. */
function inLetters(story: string): string {
  return story
    .slice(-12)
    .replaceAll(/\d/g, (digit) => "GHJKLMNPQR".charAt(Number(digit)))
    .toUpperCase();
}

function keysFor(act: Act, story: string): Facts {
  if (act === "pay" || act === "pay_again")
    return { [act]: `BK-${inLetters(story)}-${act === "pay" ? "A" : "B"}` };
  if (act === "ask_revoke" || act === "ask_clawback") return { requestId: randomUUID() };
  if (act === "funds" || act === "float") return { key: randomUUID() };
  return {};
}

type Told = { facts: Facts; name: StoryName; story: string; step: number; again: boolean };

/** Where a lane's last story stands, by the log. */
function resume(lane: number): Told | null {
  const own = past.filter((line) => line.lane === lane);
  const last = own.at(-1);
  if (last === undefined) return null;
  const { facts, name, story, step } = last;
  if (last.phase === "asked") return { facts, name, story, step, again: true };
  return step + 1 < STORIES[name].length ? { facts, name, story, step: step + 1, again: false } : null;
}

const NAMES = Object.keys(STORIES) as StoryName[];

async function runLane(lane: number, desk: StormDesk): Promise<never> {
  let at = resume(lane);
  for (;;) {
    at ??= {
      ...{ facts: {}, story: uuidv7(), step: 0, again: false },
      name: NAMES[Math.floor(Math.random() * NAMES.length)] ?? "paid",
    };
    const act: Act = STORIES[at.name][at.step] ?? "found";
    const { name, story, step } = at;
    const facts: Facts = at.again ? at.facts : { ...at.facts, ...keysFor(act, story) };
    const line = { story, name, lane, step, act };
    if (!at.again) write({ ...line, phase: "asked", facts });
    const outcome = await carryOut(db, desk, act, facts, at.again);
    write({ ...line, phase: outcome.phase, facts: { ...facts, ...outcome.learned } });
    const next = step + 1 < STORIES[name].length && outcome.phase === "told";
    at = next ? { facts: { ...facts, ...outcome.learned }, name, story, step: step + 1, again: false } : null;
  }
}

/** The act, again and again until it is answered; a refusal is an answer only where the act has taken effect. */
async function carryOut(
  on: Database,
  desk: StormDesk,
  act: Act,
  facts: Facts,
  again: boolean,
): Promise<{ phase: "told" | "refused"; learned: Facts }> {
  let isAgain = again;
  return untilAnswered(async () => {
    try {
      return { phase: "told", learned: await playAct(on, desk, act, facts) };
    } catch (error) {
      if (isNoAnswer(error) || !(error instanceof DomainError)) {
        isAgain = true;
        throw error;
      }
      const { times, learned } = await findEffect(on, act, facts);
      // An act without a key says on a second try that it was done before; its effect is there, once.
      if (isAgain && times === 1)
        return { phase: "told", learned: { ...learned, [`${act}_again`]: error.code } };
      return {
        phase: "refused",
        learned: { code: error.code, times: String(times), again: String(isAgain) },
      };
    }
  });
}

const { people, fundId, budgetId, windowId } = stage;
const armed = await untilAnswered(async () => ({
  preparer: await arm(people.preparer),
  reviewer: await arm(people.reviewer),
  approver: await arm(people.approver),
  cashier: await arm(people.cashier),
  second: await arm(people.second),
  clerk: await arm(people.clerk),
}));
const desk: StormDesk = { ...armed, fundId, budgetId, windowId };
try {
  await Promise.all(Array.from({ length: stage.lanes }, (_, lane) => runLane(lane, desk)));
} finally {
  closeSync(handle);
}
