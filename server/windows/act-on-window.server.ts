import { z } from "zod";
import { formText } from "~/forms/form-text";
import { formValues, parseForm, type FormValues } from "~/forms/parse-form";
import {
  WINDOW_INTENTS,
  countSchema,
  moveSchema,
  proposeSchema,
  type WindowDone,
  type WindowIntent,
} from "~/forms/window";
import { hasClaimCodeShape, readClaimCode } from "~server/claims/claim-code.server";
import { PAPER_KINDS } from "~server/claims/note-papers.server";
import { recordPapers } from "~server/claims/record-papers.server";
import type { Portal } from "~server/portal.server";
import { decrypt, encrypt } from "~server/secrecy/aead.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { agreeDay, countDay, unlockWindow } from "./count-day.server";
import { findClaim, type ClaimAtWindow } from "./find-claim.server";
import { moveCash } from "./move-cash.server";
import { payClaim } from "./pay-claim.server";
import { closeWindow, decideWindow, proposeWindow } from "./set-up-window.server";

/** A form that was not carried out; the code itself never comes back. */
export type WindowFailure = {
  readonly kind: "failed";
  readonly intent: WindowIntent;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
};

/** The award on the counter. `held` is its code under a key only the server has, good for ten minutes. */
export type FoundAtWindow = { readonly kind: "found"; readonly claim: ClaimAtWindow; readonly held: string };

export type WindowOutcome =
  | { readonly kind: "done"; readonly done: WindowDone; readonly slip?: string }
  | { readonly kind: "answer"; readonly status: number; readonly answer: WindowFailure | FoundAtWindow };

const HELD_MS = 10 * 60 * 1000;
const AAD = "window-code.v1";

type Work = () => Promise<{ readonly done: WindowDone; readonly slip?: string } | FoundAtWindow>;

/** Carries out one posted form of the window page. */
export async function actOnWindow(portal: Portal, form: FormData, actor: StaffActor): Promise<WindowOutcome> {
  const intent = WINDOW_INTENTS.find((one) => one === form.get("intent")) ?? "find";
  const failed = (status: number, errors: Record<string, string>, refusal: string | null): WindowOutcome => {
    const { typed: _code, held: _held, stepUp: _proof, ...values } = formValues(form);
    return { kind: "answer", status, answer: { kind: "failed", intent, state: { values, errors }, refusal } };
  };
  const work = start(portal, form, intent, actor);
  if (typeof work !== "function") return failed(400, work.errors, null);
  const done = await catchRefusal(work());
  if (!done.ok) return failed(done.refusal.status, {}, done.refusal.publicMessage);
  const { value } = done;
  return "kind" in value ? { kind: "answer", status: 200, answer: value } : { ...value, kind: "done" };
}

function start(
  portal: Portal,
  form: FormData,
  intent: WindowIntent,
  actor: StaffActor,
): Work | { readonly errors: Record<string, string> } {
  const { db, clock } = portal;
  const parsed = z.uuid().safeParse(formText(form, "windowId"));
  const windowId = parsed.success ? parsed.data : "00000000-0000-0000-0000-000000000000";
  const at = { windowId };
  switch (intent) {
    case "find": {
      const typed = formText(form, "typed");
      if (!hasClaimCodeShape(typed))
        return { errors: { typed: typed.trim() === "" ? "claimCodeEmpty" : "claimCodeShape" } };
      return () => find(portal, { windowId, typed }, actor);
    }
    case "papers":
      return async () => {
        const code = openHeld(portal, form, windowId) ?? "";
        const kind = z.enum(PAPER_KINDS).catch("other_legal").parse(form.get("papersKind"));
        await recordPapers(db, { code, kind }, actor, clock);
        return { done: "papers" };
      };
    case "pay":
      return async () => {
        const code = openHeld(portal, form, windowId) ?? "";
        const { slip } = await payClaim(
          db,
          {
            windowId,
            awardId: formText(form, "awardId"),
            code,
            proof: form.get("stepUp"),
            relyingParty: relyingParty(portal.env.staffOrigin),
          },
          actor,
          clock,
        );
        return { done: "paid", slip };
      };
    case "move": {
      const fields = parseForm(moveSchema, form);
      if (!fields.ok) return fields;
      const { amount: amountFen, ...rest } = fields.value;
      return async () => (await moveCash(db, { ...at, ...rest, amountFen }, actor, clock), { done: "moved" });
    }
    case "count": {
      const fields = parseForm(countSchema, form);
      if (!fields.ok) return fields;
      const { counted, book, explanation } = fields.value;
      const input = { ...at, countedFen: counted, bookFen: BigInt(book), explanation };
      return async () => {
        const { closed } = await countDay(db, input, actor, clock);
        return { done: closed ? "closedDay" : "counted" };
      };
    }
    case "agree":
      return async () => {
        await agreeDay(db, { ...at, day: formText(form, "day") }, actor, clock);
        return { done: "closedDay" };
      };
    case "unlock":
      return async () => (await unlockWindow(db, at, actor, clock), { done: "unlocked" });
    case "propose": {
      const fields = parseForm(proposeSchema, form);
      if (!fields.ok) return fields;
      return async () => (await proposeWindow(db, fields.value, actor, clock), { done: "proposed" });
    }
    case "open":
    case "refuse":
      return async () => {
        await decideWindow(db, { ...at, open: intent === "open" }, actor, clock);
        return { done: intent === "open" ? "opened" : "refused" };
      };
    case "close":
      return async () => (await closeWindow(db, at, actor, clock), { done: "closed" });
  }
}

async function find(
  portal: Portal,
  input: { readonly windowId: string; readonly typed: string },
  actor: StaffActor,
): Promise<FoundAtWindow> {
  const claim = await findClaim(portal.db, input, actor, portal.clock);
  const code = readClaimCode(input.typed) ?? "";
  const text = `${String(portal.clock.now().getTime() + HELD_MS)} ${code}`;
  const held = encrypt(portal.keyring.action, Buffer.from(text), `${AAD}|${input.windowId}`);
  return { kind: "found", claim, held: held.toString("base64url") };
}

function openHeld(portal: Portal, form: FormData, windowId: string): string | null {
  const held = Buffer.from(formText(form, "held"), "base64url");
  const [until, code] =
    decrypt(portal.keyring.action, held, `${AAD}|${windowId}`)?.toString("utf8").split(" ") ?? [];
  if (until === undefined || code === undefined || Number(until) < portal.clock.now().getTime()) return null;
  return code;
}
