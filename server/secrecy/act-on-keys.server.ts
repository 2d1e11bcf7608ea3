import type { KeyAct, KeyActDone } from "~/forms/key-acts";
import { keyActAgreed } from "~/forms/step-up-subjects";
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
  const ticketFor = (slot: string) => ({
    ticket: makeRewrapTicket(keyring.action, { staffId: actor.id, slot, at: clock.now() }),
  });
  if (act.intent !== "rewrap") {
    const site = { relyingParty: relyingParty(env.staffOrigin), clock };
    await requireStepUp(db, { ...(await keyActAgreed(act)), proof: act.stepUp, ...site }, actor);
  }
  switch (act.intent) {
    case "make":
      await createRoleKey(db, { ...act, at: clock.now() }, actor);
      return {};
    case "share":
      await shareRoleKey(db, { ...act, at: clock.now() }, actor);
      return {};
    case "rotate":
      await rotateRoleKey(db, { ...act, at: clock.now() }, actor);
      return ticketFor(act.slot);
    case "recover":
      await recoverRoleKey(db, { ...act, at: clock.now() }, actor);
      return {};
    case "resume":
      return ticketFor(act.slot);
    case "rewrap":
      checkRewrapTicket(keyring.action, { ...act, staffId: actor.id, at: clock.now() });
      return replaceDataKeys(db, { ...act, at: clock.now() }, actor);
  }
}
