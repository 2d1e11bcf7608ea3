import { findingSchema, verdictSchema } from "~/forms/finding";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { paths } from "~/paths";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { readLeadNumber } from "~server/triage/read-lead-number.server";
import { recordFinding } from "./record-finding.server";
import { verifyFinding } from "./verify-finding.server";

export type FindingsOutcome =
  | { readonly ok: true; readonly to: string }
  | {
      readonly ok: false;
      readonly status: number;
      readonly failed: {
        readonly intent: "record" | "verdict";
        readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
        readonly refusal: string | null;
      };
    };

/** Carries out a posted finding or verdict, or says what to show again. A lead out of sight is 404 first. */
export async function settleFinding(
  portal: Portal,
  input: { leadId: string; form: FormData },
  actor: StaffActor,
): Promise<FindingsOutcome> {
  const { leadId, form } = input;
  const { db, clock } = portal;
  await readLeadNumber(db, leadId, actor);
  const at = clock.now();
  const values = formValues(form);
  const intent = textOf(values, "intent") === "verdict" ? ("verdict" as const) : ("record" as const);
  const failed = (status: number, errors: Readonly<Record<string, string>>, refusal: string | null) => ({
    ok: false as const,
    status,
    failed: { intent, state: { values, errors }, refusal },
  });
  const run = async (work: Promise<string>): Promise<FindingsOutcome> => {
    const done = await catchRefusal(work);
    if (!done.ok) return failed(done.refusal.status, {}, done.refusal.publicMessage);
    return { ok: true, to: `${paths.staff.lead(leadId)}?done=${done.value}#findings` };
  };
  if (intent === "verdict") {
    const verdict = parseForm(verdictSchema, form);
    if (!verdict.ok) return failed(400, verdict.errors, null);
    const { outcome } = verdict.value;
    return run(verifyFinding(db, { ...verdict.value, at }, actor).then(() => outcome));
  }
  const recorded = parseForm(findingSchema, form);
  if (!recorded.ok) return failed(400, recorded.errors, null);
  const { illegalAmount, penalty, illegalGains, collected, fundraising, goods, recovered, ordered, ...rest } =
    recorded.value;
  const amounts = {
    illegalAmountFen: illegalAmount,
    penaltyFen: penalty,
    illegalGainsFen: illegalGains,
    collectedFen: collected,
    fundraisingFen: fundraising,
    goodsFen: goods,
    recoveredFen: recovered,
    orderedFen: ordered,
  };
  return run(recordFinding(db, { leadId, ...rest, ...amounts, at }, actor).then(() => "recorded"));
}
