import type { z } from "zod";
import {
  emailSchema,
  inviteSchema,
  passkeySchema,
  personSchema,
  requestSchema,
  roleSchema,
  subjectOf,
} from "~/forms/people";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import type { StepUpRequest } from "~/forms/step-up";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "./actor";
import { catchRefusal } from "./answer-refusals.server";
import { createEnrolmentLink } from "./create-enrolment-link.server";
import { grantRole } from "./grant-role.server";
import { inviteByMail } from "./invite-by-mail.server";
import { inviteStaff } from "./invite-staff.server";
import type { PeopleDone } from "./people-done";
import { relyingParty } from "./relying-party";
import { requestRole } from "./request-role.server";
import { revokePasskey } from "./revoke-passkey.server";
import { revokeRole } from "./revoke-role.server";
import { needsTwoAdministrators } from "./roles";
import { confirmRole, refuseRole } from "./settle-role-request.server";
import { setEmail } from "./set-email.server";
import { requireStepUp } from "./step-up.server";
import { reinstateStaff, suspendStaff } from "./suspend-staff.server";

const INTENTS = [
  ...(["invite", "grant", "revoke", "link", "suspend", "reinstate"] as const),
  ...(["confirm", "refuse", "revokePasskey", "email"] as const),
] as const;
export type PeopleIntent = (typeof INTENTS)[number];

export type PeopleFailure = {
  readonly kind: "failed";
  readonly status: number;
  readonly intent: PeopleIntent;
  /** Whose row it was; "" for an invitation and for requests. */
  readonly staffId: string;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
};

export type PeopleOutcome =
  | { readonly kind: "done"; readonly done: PeopleDone }
  | { readonly kind: "link"; readonly link: string; readonly expiresAt: Date; readonly name: string }
  | PeopleFailure;

/**
 * Carries out one form of the people page. Each act but turning a request down asks for the administrator's passkey at
 * that moment, bound to the act and to whom it concerns; who may do what is decided by the functions it calls. 404 for
 * anyone but an administrator.
 */
export async function managePeople(
  portal: Portal,
  form: FormData,
  actor: StaffActor,
): Promise<PeopleOutcome> {
  if (!hasRole(actor, "administrator")) throw notFound();
  const { db, clock, env } = portal;
  const { stepUp: proof, ...values } = formValues(form);
  const intent = INTENTS.find((one) => one === textOf(values, "intent")) ?? "invite";
  const failed = (status: number, errors: PeopleFailure["state"]["errors"], refusal: string | null) => ({
    kind: "failed" as const,
    status,
    intent,
    staffId: textOf(values, "staffId"),
    state: { values, errors },
    refusal,
  });
  /** Reads the form, has the passkey confirm what it asks for, and does it. */
  async function carryOut<S extends z.ZodType>(
    schema: S,
    confirms: ((asked: z.output<S>) => StepUpRequest | Promise<StepUpRequest>) | null,
    act: (asked: z.output<S>) => Promise<PeopleOutcome>,
  ): Promise<PeopleOutcome> {
    const asked = parseForm(schema, form);
    if (!asked.ok) return failed(400, asked.errors, null);
    const confirmed = async () => {
      if (confirms !== null) {
        const party = relyingParty(env.staffOrigin);
        const agreed = await confirms(asked.value);
        await requireStepUp(db, { ...agreed, proof, relyingParty: party, clock }, actor);
      }
      return act(asked.value);
    };
    const done = await catchRefusal(confirmed());
    return done.ok ? done.value : failed(done.refusal.status, {}, done.refusal.publicMessage);
  }
  const says = (done: PeopleDone) => (): PeopleOutcome => ({ kind: "done", done });

  switch (intent) {
    case "invite":
      return carryOut(inviteSchema, subjectOf.invite, async ({ email, ...asked }) => {
        if (email !== null)
          return inviteByMail(db, { ...asked, email, clock }, actor).then(says("invitedByMail"));
        const made = await inviteStaff(db, { ...asked, publicOrigin: env.staffOrigin, clock }, actor);
        return { kind: "link", link: made.link, expiresAt: made.expiresAt, name: asked.displayName };
      });
    case "grant":
      return carryOut(roleSchema, subjectOf.grant, (asked) =>
        needsTwoAdministrators(asked.role)
          ? requestRole(db, { ...asked, clock }, actor).then(says("requested"))
          : grantRole(db, { ...asked, clock }, actor).then(says("granted")),
      );
    case "confirm":
      return carryOut(requestSchema, subjectOf.confirm, (asked) =>
        confirmRole(db, { ...asked, clock }, actor).then(says("confirmed")),
      );
    case "refuse":
      return carryOut(requestSchema, null, ({ requestId }) =>
        refuseRole(db, { requestId, clock }, actor).then(says("refused")),
      );
    case "revoke":
      return carryOut(roleSchema, subjectOf.revoke, (asked) =>
        revokeRole(db, { ...asked, clock }, actor).then(says("revoked")),
      );
    case "link":
      return carryOut(personSchema, subjectOf.link, async ({ staffId }) => {
        const made = await createEnrolmentLink(db, { staffId, publicOrigin: env.staffOrigin, clock }, actor);
        return { kind: "link", ...made, name: textOf(values, "name") };
      });
    case "revokePasskey":
      return carryOut(passkeySchema, subjectOf.revokePasskey, ({ passkeyId }) =>
        revokePasskey(db, { passkeyId, clock }, actor).then(says("passkeyRevoked")),
      );
    case "email":
      return carryOut(emailSchema, subjectOf.email, (asked) =>
        setEmail(db, { ...asked, clock }, actor).then(says("emailSet")),
      );
    case "suspend":
      return carryOut(personSchema, subjectOf.suspend, ({ staffId }) =>
        suspendStaff(db, { staffId, clock }, actor).then(says("suspended")),
      );
    case "reinstate":
      return carryOut(personSchema, subjectOf.reinstate, ({ staffId }) =>
        reinstateStaff(db, { staffId, clock }, actor).then(says("reinstated")),
      );
  }
}
