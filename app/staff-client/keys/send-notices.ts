import { NOTICES_A_POST, addressOf, type NoticeResult, type NoticesRequest } from "~/forms/notices";
import { paths } from "~/paths";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { SealedView } from "~server/secrecy/sealed-view";
import { PasskeyRefusal, postStep } from "../ask-webauthn";
import { openSealed } from "./ask-desk";

/** What became of one notice here: as the server says, or its address could not be read in this browser. */
export type NoticeState = NoticeResult["state"] | "no_key" | "broken" | "no_address" | "recused";

export type NoticeRow = {
  readonly id: string;
  /** YYYY-MM-DD */
  readonly raisedOn: string;
  readonly state: NoticeState;
  readonly fault: string | null;
};

export type NoticesEnd =
  | { readonly state: "done" }
  /** The mail server does not answer, or lets nobody in: the rest waits. */
  | { readonly state: "mail_down"; readonly fault: string }
  /** Stopped by the network or a refusal. */
  | { readonly state: "stopped"; readonly said: string | null };

type Listed = {
  readonly notices: readonly { id: string; raisedOn: string; contact: SealedView }[];
};

/** Reasons that concern every mail, not one address. */
const DOWN = ["timeout", "connection", "name", "tls", "login", "stopping"];

/**
 * Sends all notices that wait, oldest first: opens each address in this browser, away from the page's thread, and posts
 * it for one mail. Addresses are kept nowhere. What is sent is sent: started again it takes up the rest.
 */
export async function sendWaitingNotices(
  keyring: OpenKeyring,
  onRows: (rows: readonly NoticeRow[]) => void,
): Promise<NoticesEnd> {
  let after: { on: string; id: string } | null = null;
  try {
    for (;;) {
      const listed: Listed = (await post({ step: "list", after })) as Listed;
      const last: Listed["notices"][number] | undefined = listed.notices.at(-1);
      if (last === undefined) return { state: "done" };
      after = { on: last.raisedOn, id: last.id };
      for (let at = 0; at < listed.notices.length; at += NOTICES_A_POST) {
        const down = await sendSome(listed.notices.slice(at, at + NOTICES_A_POST), keyring, onRows);
        if (down !== null) return { state: "mail_down", fault: down };
      }
    }
  } catch (error) {
    const said = error instanceof PasskeyRefusal && "said" in error.fault ? error.fault.said : null;
    return { state: "stopped", said };
  }
}

/** The reason where not one of them got as far as being judged by itself; null where there is no such reason. */
async function sendSome(
  some: Listed["notices"],
  keyring: OpenKeyring,
  onRows: (rows: readonly NoticeRow[]) => void,
): Promise<string | null> {
  const mails: { noticeId: string; address: string }[] = [];
  const closed: NoticeRow[] = [];
  for (const { id, raisedOn, contact } of some) {
    const read = await readAddress(contact, keyring);
    if ("address" in read) mails.push({ noticeId: id, address: read.address });
    else closed.push({ id, raisedOn, state: read.state, fault: null });
  }
  if (closed.length > 0) onRows(closed);
  if (mails.length === 0) return null;
  const { results } = (await post({ step: "send", mails })) as { results: readonly NoticeResult[] };
  const days = new Map(some.map(({ id, raisedOn }) => [id, raisedOn]));
  onRows(
    results.map(({ noticeId, state, fault }) => ({
      id: noticeId,
      raisedOn: days.get(noticeId) ?? "",
      state,
      fault,
    })),
  );
  const fault = results.find((one) => one.state === "later" && DOWN.includes(one.fault ?? ""))?.fault ?? null;
  return results.every(({ state }) => state === "later" || state === "untried" || state === "taken")
    ? fault
    : null;
}

async function readAddress(
  contact: SealedView,
  keyring: OpenKeyring,
): Promise<{ readonly address: string } | { readonly state: NoticeState }> {
  if (contact.state !== "sealed") return { state: "recused" };
  const opened = await openSealed(contact, keyring);
  if (opened.state !== "open") return { state: opened.state };
  const address = addressOf(opened.text);
  return address === null ? { state: "no_address" } : { address };
}

function post(request: NoticesRequest): Promise<unknown> {
  return postStep(paths.staff.noticesSend(), request);
}
