import { inviteSchema, personSchema, roleSchema } from "~/forms/people";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "./actor";
import { catchRefusal } from "./answer-refusals.server";
import { createEnrolmentLink } from "./create-enrolment-link.server";
import { grantRole } from "./grant-role.server";
import { inviteStaff } from "./invite-staff.server";
import { revokeRole } from "./revoke-role.server";
import { reinstateStaff, suspendStaff } from "./suspend-staff.server";

const INTENTS = ["invite", "grant", "revoke", "link", "suspend", "reinstate"] as const;
export type PeopleIntent = (typeof INTENTS)[number];

export type PeopleFailure = {
  readonly kind: "failed";
  readonly status: number;
  readonly intent: PeopleIntent;
  /** Whose row it was; "" for an invitation. */
  readonly staffId: string;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
};

export type PeopleOutcome =
  | { readonly kind: "done"; readonly done: "granted" | "revoked" | "suspended" | "reinstated" }
  | { readonly kind: "link"; readonly link: string; readonly expiresAt: Date; readonly name: string }
  | PeopleFailure;

/** Carries out one form of the people page. Who may do what is decided by the functions it calls. */
export async function managePeople(
  portal: Portal,
  form: FormData,
  actor: StaffActor,
): Promise<PeopleOutcome> {
  const { db, clock, env } = portal;
  const values = formValues(form);
  const intent = INTENTS.find((one) => one === textOf(values, "intent")) ?? "invite";
  const failed = (status: number, errors: PeopleFailure["state"]["errors"], refusal: string | null) => ({
    kind: "failed" as const,
    status,
    intent,
    staffId: textOf(values, "staffId"),
    state: { values, errors },
    refusal,
  });
  const run = async (work: Promise<PeopleOutcome>): Promise<PeopleOutcome> => {
    const done = await catchRefusal(work);
    return done.ok ? done.value : failed(done.refusal.status, {}, done.refusal.publicMessage);
  };
  if (intent === "invite") {
    const asked = parseForm(inviteSchema, form);
    if (!asked.ok) return failed(400, asked.errors, null);
    const input = { ...asked.value, publicOrigin: env.staffOrigin, clock };
    return run(
      inviteStaff(db, input, actor).then(({ link, expiresAt }) => ({
        kind: "link",
        link,
        expiresAt,
        name: asked.value.displayName,
      })),
    );
  }
  if (intent === "grant" || intent === "revoke") {
    const asked = parseForm(roleSchema, form);
    if (!asked.ok) return failed(400, asked.errors, null);
    const change = intent === "grant" ? grantRole : revokeRole;
    const done = intent === "grant" ? ("granted" as const) : ("revoked" as const);
    return run(change(db, { ...asked.value, clock }, actor).then(() => ({ kind: "done", done })));
  }
  const asked = parseForm(personSchema, form);
  if (!asked.ok) return failed(400, asked.errors, null);
  const { staffId } = asked.value;
  if (intent === "link") {
    return run(
      createEnrolmentLink(db, { staffId, publicOrigin: env.staffOrigin, clock }, actor).then((made) => ({
        kind: "link",
        ...made,
        name: textOf(values, "name"),
      })),
    );
  }
  const change = intent === "suspend" ? suspendStaff : reinstateStaff;
  const done = intent === "suspend" ? ("suspended" as const) : ("reinstated" as const);
  return run(change(db, { staffId, clock }, actor).then(() => ({ kind: "done", done })));
}
