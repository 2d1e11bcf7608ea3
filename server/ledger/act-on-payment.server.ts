import { eq } from "drizzle-orm";
import { z } from "zod";
import { paymentSchema, postSchema } from "~/forms/payment";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { postAcceptedAward } from "./post-accepted-award.server";
import { recordPayment } from "./record-payment.server";

/** A row's form that was not carried out: what was typed, and what is wrong with it or why it was refused. */
export type PaymentFailure = {
  readonly awardId: string;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
};

export type PaymentOutcome =
  | { readonly ok: true; readonly done: "posted" | "paid"; readonly codeName: string }
  | { readonly ok: false; readonly status: number; readonly failed: PaymentFailure };

/** Carries out one posted form of the payments page: 记账 or 登记付款. */
export async function actOnPayment(
  portal: Portal,
  { form }: { form: FormData },
  actor: StaffActor,
): Promise<PaymentOutcome> {
  const values = formValues(form);
  const awardId = textOf(values, "awardId");
  const refused = (status: number, errors: Readonly<Record<string, string>>, refusal: string | null) => ({
    ok: false as const,
    status,
    failed: { awardId, state: { values, errors }, refusal },
  });
  const work = start(portal, form, actor);
  if ("errors" in work) return refused(400, work.errors, null);
  const done = await catchRefusal(work.run());
  if (done.ok) return { ok: true, done: work.done, codeName: await readCodeName(portal, awardId, actor) };
  const field = fieldOf(done.refusal.code);
  if (field !== null) return refused(done.refusal.status, field, null);
  return refused(done.refusal.status, {}, done.refusal.publicMessage);
}

/** The field a refusal is about, with the sentence that stands beside it; null when it is about none. */
function fieldOf(code: string): Readonly<Record<string, string>> | null {
  if (code === "date_invalid") return { paidOn: "paymentDay" };
  if (code === "reference_used") return { reference: "referenceUsed" };
  return null;
}

type Work =
  | { readonly errors: Readonly<Record<string, string>> }
  | { readonly done: "posted" | "paid"; run(): Promise<unknown> };

function start({ db, clock }: Portal, form: FormData, actor: StaffActor): Work {
  const intent = z.enum(["post", "pay"]).catch("post").parse(form.get("intent"));
  switch (intent) {
    case "post": {
      const parsed = parseForm(postSchema, form);
      if (!parsed.ok) return parsed;
      return { done: "posted", run: () => postAcceptedAward(db, parsed.value, actor, clock) };
    }
    case "pay": {
      const parsed = parseForm(paymentSchema, form);
      if (!parsed.ok) return parsed;
      return { done: "paid", run: () => recordPayment(db, parsed.value, actor, clock) };
    }
  }
}

async function readCodeName({ db }: Portal, awardId: string, actor: StaffActor): Promise<string> {
  const [row] = await withActor(db, actor, (tx) =>
    tx.select({ codeName: awards.codeName }).from(awards).where(eq(awards.id, awardId)),
  );
  return row?.codeName ?? "";
}
