import { createHmac, randomInt } from "node:crypto";
import { createChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import type { Portal } from "~server/portal.server";
import { decrypt, encrypt, subkey } from "~server/secrecy/aead.server";
import type { WorkLevel } from "./weigh-senders.server";

/** PBKDF2 rounds of one try: about a third of a millisecond here, a few on an old phone. */
const ROUNDS = 1_000;
/** Tries asked at least, by level; twice as many at most. The first is done while the answers are read over. */
const TRIES: Record<WorkLevel, number> = { 0: 250, 1: 1_000, 2: 4_000, 3: 16_000 };
/** Seconds between being asked and being answered, by level. */
const WAITS: Record<WorkLevel, number> = { 0: 3, 1: 10, 2: 30, 3: 60 };
const LIFETIME_MS = 60 * 60 * 1000;

/** The waiting question as it travels: sealed, so that nothing about it can be changed by who carries it. */
export type Question = {
  readonly a: number;
  readonly b: number;
  /** Seconds that must pass from `from` on. */
  readonly wait: number;
  /** Milliseconds of the portal's clock. */
  readonly from: number;
  readonly until: number;
  /** Wrong or empty answers so far. */
  readonly misses: number;
};

/** What a page needs to ask for the work: a puzzle for a script, and a question for whoever has none. */
export type WorkAsked = {
  /** JSON of altcha's challenge. */
  readonly challenge: string;
  readonly question: string;
  readonly a: number;
  readonly b: number;
};

/** Work for one draft: bound to its lookup id, good for an hour. `question` keeps one already asked. */
export async function makeWork(
  portal: Portal,
  input: { readonly lookupId: Buffer; readonly level: WorkLevel; readonly question?: Question },
): Promise<WorkAsked> {
  const now = portal.clock.now().getTime();
  const tries = TRIES[input.level];
  const challenge = await createChallenge({
    algorithm: "PBKDF2/SHA-256",
    cost: ROUNDS,
    counter: tries + randomInt(tries),
    deriveKey,
    // Our own clock judges the end (`until`), not the library's.
    data: { for: draftMark(portal, input.lookupId), until: now + LIFETIME_MS },
    hmacSignatureSecret: workSecret(portal, "challenge"),
    hmacKeySignatureSecret: workSecret(portal, "key"),
  });
  const question = input.question ?? {
    a: 1 + randomInt(5),
    b: 1 + randomInt(5),
    wait: WAITS[input.level],
    from: now,
    until: now + LIFETIME_MS,
    misses: 0,
  };
  return {
    challenge: JSON.stringify(challenge),
    question: sealQuestion(portal, input.lookupId, question),
    a: question.a,
    b: question.b,
  };
}

/** The question as it was asked of this draft; null when it is not ours, another draft's, or past its hour. */
export function readQuestion(portal: Portal, lookupId: Buffer, token: string): Question | null {
  const plain = decrypt(questionKey(portal), Buffer.from(token, "base64url"), binding(lookupId));
  const question = plain === null ? null : (JSON.parse(plain.toString("utf8")) as Question);
  return question !== null && question.until >= portal.clock.now().getTime() ? question : null;
}

function sealQuestion(portal: Portal, lookupId: Buffer, question: Question): string {
  const plain = Buffer.from(JSON.stringify(question), "utf8");
  return encrypt(questionKey(portal), plain, binding(lookupId)).toString("base64url");
}

/** Names a draft in a challenge without giving its lookup id to a page. */
export function draftMark(portal: Portal, lookupId: Buffer): string {
  return createHmac("sha256", subkey(portal.keyring.challenge, "draft-mark")).update(lookupId).digest("hex");
}

export function workSecret(portal: Portal, purpose: "challenge" | "key"): string {
  return subkey(portal.keyring.challenge, `work-${purpose}`).toString("hex");
}

function questionKey(portal: Portal): Buffer {
  return subkey(portal.keyring.challenge, "waiting-question");
}

function binding(lookupId: Buffer): string {
  return `waiting-question.v1|${lookupId.toString("hex")}`;
}
