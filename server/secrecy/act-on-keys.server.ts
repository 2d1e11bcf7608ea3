import type { KeyAct, KeyActDone } from "~/forms/key-acts";
import type { StepUpAct } from "~/forms/step-up";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { createRoleKey } from "./create-role-key.server";
import { recoverRoleKey } from "./recover-role-key.server";
import { replaceDataKeys } from "./replace-data-keys.server";
import { checkRewrapTicket, makeRewrapTicket } from "./rewrap-ticket.server";
import { rotateRoleKey } from "./rotate-role-key.server";
import { shareRoleKey } from "./share-role-key.server";

/**
 * Carries out one act of the page of role keys. Each needs a passkey's touch bound to it; a batch of re-wrapped data
 * keys needs the ticket such a touch gave. Throws what the step-up and the acts throw.
 */
export async function actOnKeys(portal: Portal, act: KeyAct, actor: StaffActor): Promise<KeyActDone> {
  const { db, clock, env, keyring } = portal;
  const touch = (name: StepUpAct, subject: string, proof: string) =>
    requireStepUp(
      db,
      { act: name, subject, proof, relyingParty: relyingParty(env.staffOrigin), clock },
      actor,
    );
  const ticketFor = (slot: string) => ({
    ticket: makeRewrapTicket(keyring.action, { staffId: actor.id, slot, at: clock.now() }),
  });
  switch (act.intent) {
    case "make":
      await touch("key.make", act.slot, act.stepUp);
      await createRoleKey(db, { ...act, at: clock.now() }, actor);
      return {};
    case "share":
      await touch("key.grant", `${act.roleKeyId}:${act.personalKeyId}`, act.stepUp);
      await shareRoleKey(db, { ...act, at: clock.now() }, actor);
      return {};
    case "rotate":
      await touch("key.rotate", act.slot, act.stepUp);
      await rotateRoleKey(db, { ...act, at: clock.now() }, actor);
      return ticketFor(act.slot);
    case "recover":
      await touch("key.recover", `${act.roleKeyId}:${act.personalKeyId}`, act.stepUp);
      await recoverRoleKey(db, { ...act, at: clock.now() }, actor);
      return {};
    case "resume":
      await touch("key.rotate", act.slot, act.stepUp);
      return ticketFor(act.slot);
    case "rewrap":
      checkRewrapTicket(keyring.action, { ...act, staffId: actor.id, at: clock.now() });
      return replaceDataKeys(db, { ...act, at: clock.now() }, actor);
  }
}
