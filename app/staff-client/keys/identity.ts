import type { IdentityAct } from "~/forms/identity";
import { paths } from "~/paths";
import type { FoundShare } from "~server/identity/find-share.server";
import { openIdentity, releaseShare, type IdentityInParts } from "~server/secrecy/identity-shares";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { v4 as uuidv4 } from "uuid";
import { postStep } from "../ask-webauthn";
import { stepUp } from "../step-up";

/** A reporter's identity as they gave it; what was left empty is null. */
export type Identity = {
  readonly name: string | null;
  /** A kind of the catalogue's `identities.idKinds`. */
  readonly idKind: string | null;
  readonly idNumber: string | null;
  readonly phone: string | null;
  readonly email: string | null;
};

/**
 * Asks, with a passkey's touch, that the other side open a reporter's identity, and releases this side's share to it.
 * Answers false when the share does not open with the keys held. Throws what `passkeyFault` puts into words.
 */
export async function askForIdentity(
  of: { readonly reference: string; readonly reason: string },
  keyring: OpenKeyring,
): Promise<boolean> {
  const found = (await post({ step: "find", reference: of.reference })) as FoundShare;
  const id = uuidv4();
  const share = await releaseShare({ requestId: id, ...found }, keyring.roleKeys);
  if (share === null) return false;
  const proof = await stepUp({ act: "identity.request", subject: found.tipId });
  const { roleKeyId } = found.to;
  await post({
    step: "request",
    id,
    tipId: found.tipId,
    reason: of.reason,
    roleKeyId,
    ...share,
    stepUp: proof,
  });
  return true;
}

/**
 * Opens an identity on another's request, with a passkey's touch. The parts come once and meet here; what they give is
 * shown and forgotten. null when they do not fit. Throws what `passkeyFault` puts into words.
 */
export async function openRequested(requestId: string, keyring: OpenKeyring): Promise<Identity | null> {
  const proof = await stepUp({ act: "identity.open", subject: requestId });
  const parts = (await post({ step: "open", requestId, stepUp: proof })) as IdentityInParts;
  const text = await openIdentity(parts, keyring.roleKeys);
  return text === null ? null : readIdentity(text);
}

/** Does not agree, and says why. */
export async function declineRequested(requestId: string, answer: string): Promise<void> {
  await post({ step: "decline", requestId, answer });
}

function post(act: IdentityAct): Promise<unknown> {
  return postStep(paths.staff.identityAct(), act);
}

function readIdentity(text: string): Identity | null {
  try {
    const given = JSON.parse(text) as Record<string, unknown>;
    const field = (name: string) => {
      const value = given[name];
      return typeof value === "string" && value !== "" ? value : null;
    };
    return {
      name: field("name"),
      idKind: field("idKind"),
      idNumber: field("idNumber"),
      phone: field("phone"),
      email: field("email"),
    };
  } catch {
    return null;
  }
}
