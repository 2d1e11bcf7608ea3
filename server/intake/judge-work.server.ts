import { verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { z } from "zod";
import { formText } from "~/forms/form-text";
import { readSmallNumber } from "~/forms/small-number";
import type { Portal } from "~server/portal.server";
import {
  draftMark,
  makeWork,
  readQuestion,
  workSecret,
  type Question,
  type WorkAsked,
} from "./make-work.server";
import type { WorkLevel } from "./weigh-senders.server";

/** Why the question is put: a script that was not done yet is no fault; the others are told above the question. */
export type WorkFault = "unsolved" | "blank" | "wrong" | "early" | "stale";

export type WorkVerdict =
  | { readonly kind: "done" }
  /** Sent without our form, or never answered rightly: the report is taken and set apart. */
  | { readonly kind: "skipped" }
  | {
      readonly kind: "ask";
      readonly why: WorkFault;
      readonly work: WorkAsked;
      /** What was typed, to come back. */
      readonly answer: string;
      /** Seconds still to wait; 0 unless `early`. */
      readonly wait: number;
    };

/** Answers that miss, after which the report is taken without: nobody is shut out by a sum. */
const MISSES = 3;

/**
 * Judges the work that came with a submit: a solved puzzle or an answered question, asked of this very draft. Reads
 * nothing of the report, and never refuses one.
 */
export async function judgeWork(
  portal: Portal,
  input: { readonly lookupId: Buffer; readonly level: WorkLevel; readonly form: FormData },
): Promise<WorkVerdict> {
  const { lookupId, level, form } = input;
  const [challenge, token] = [formText(form, "challenge"), formText(form, "question")];
  if (challenge === "" && token === "") return { kind: "skipped" };
  if (await isSolved(portal, lookupId, challenge, formText(form, "solution"))) return { kind: "done" };
  const answer = formText(form, "answer").slice(0, 40);
  const ask = async (why: WorkFault, question?: Question, wait = 0): Promise<WorkVerdict> => {
    if (question !== undefined && question.misses >= MISSES) return { kind: "skipped" };
    return { kind: "ask", why, work: await makeWork(portal, { lookupId, level, question }), answer, wait };
  };
  const question = readQuestion(portal, lookupId, token.slice(0, 1_000));
  // A page with a script shows no question at first, so it sends no answer, not even an empty one.
  if (!form.has("answer")) return ask("unsolved", question ?? undefined);
  if (question === null) return ask("stale");
  const missed = { ...question, misses: question.misses + 1 };
  if (answer.trim() === "") return ask("blank", missed);
  if (readSmallNumber(answer) !== question.a + question.b) return ask("wrong", missed);
  const left = question.from + question.wait * 1_000 - portal.clock.now().getTime();
  return left > 0 ? ask("early", question, Math.ceil(left / 1_000)) : { kind: "done" };
}

const challengeSchema = z.object({
  parameters: z.object({
    algorithm: z.literal("PBKDF2/SHA-256"),
    nonce: z.string(),
    salt: z.string(),
    cost: z.number(),
    keyLength: z.number(),
    keyPrefix: z.string(),
    keySignature: z.string(),
    data: z.object({ for: z.string(), until: z.number() }),
  }),
  signature: z.string(),
});
const solutionSchema = z.object({
  counter: z.number().int().nonnegative(),
  derivedKey: z.string().regex(/^[0-9a-f]{64}$/),
});

/** With both signatures checked, no key is derived here: a false solution costs the server next to nothing. */
async function isSolved(portal: Portal, lookupId: Buffer, asked: string, found: string): Promise<boolean> {
  const challenge = challengeSchema.safeParse(readJsonText(asked));
  const solution = solutionSchema.safeParse(readJsonText(found));
  if (!challenge.success || !solution.success) return false;
  const { data } = challenge.data.parameters;
  if (data.for !== draftMark(portal, lookupId) || data.until < portal.clock.now().getTime()) return false;
  const { verified } = await verifySolution({
    challenge: challenge.data,
    solution: solution.data,
    deriveKey,
    hmacSignatureSecret: workSecret(portal, "challenge"),
    hmacKeySignatureSecret: workSecret(portal, "key"),
  }).catch(() => ({ verified: false }));
  return verified;
}

function readJsonText(text: string): unknown {
  if (text.length > 4_000) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
