import { CLAIMANTS, isDoubtful, transferSchema, windowSchema, type ClaimIntent } from "~/forms/claim";
import { formText } from "~/forms/form-text";
import { parseForm } from "~/forms/parse-form";
import { withActor } from "~db/with-actor.server";
import { DomainError } from "~server/errors.server";
import { makeActionToken, readActionToken } from "~server/intake/action-token.server";
import { readStatus } from "~server/intake/read-status.server";
import type { StatusAnswer } from "~server/messages/act-on-status.server";
import { refuseStatus, showStatus } from "~server/messages/show-status.server";
import type { Portal } from "~server/portal.server";
import type { ReporterAward } from "~server/rewards/read-award-for-reporter.server";
import { decrypt, encrypt } from "~server/secrecy/aead.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { reporterActor } from "~server/staff-auth/actor";
import { CODE_DAYS, chooseTransfer, chooseWindow } from "./choose-way.server";
import { endsWith } from "./claim-code.server";
import { listOpenWindows, type OpenWindow, type OwnClaim } from "./read-own-claims.server";

type Errors = Readonly<Record<string, string>>;
type Head = {
  readonly kind: "claim";
  readonly token: string;
  readonly awardId: string;
  readonly amountFen: bigint;
  readonly claim: OwnClaim;
};

/** A page of claiming. What was typed comes back with every error; the code is in the answer that shows it alone. */
export type ClaimPage = Head &
  (
    | {
        readonly page: "transfer";
        readonly values: Readonly<Record<"claimant" | "holder" | "bank" | "branch" | "account", string>>;
        readonly errors: Errors;
        /** Filed without a name: what a transfer gives away is said plainly. */
        readonly anonymous: boolean;
        /** The account has been pointed at once; sent again it is taken as it is. */
        readonly doubted: string | null;
        readonly refused: string | null;
      }
    | {
        readonly page: "window";
        readonly windows: readonly OpenWindow[];
        /** How long a code is good. */
        readonly days: number;
        readonly claimant: string;
        readonly errors: Errors;
        readonly refused: string | null;
      }
    | {
        readonly page: "code";
        readonly code: string;
        /** The code under a key only the server has: what the page posts to compare, and to be shown again. */
        readonly sealedCode: string;
        readonly days: number;
        readonly ending: string;
        readonly wrong: boolean;
        readonly lastLook: boolean;
      }
  );

const CODE_AAD = "claim-code-shown.v1";

/**
 * Answers one POST of /status about claiming an award, in the name of whoever opened the page with the receipt, at most
 * 30 minutes ago. Nothing of it enters an address, a log or a cookie.
 */
export async function actOnClaim(portal: Portal, form: FormData, intent: ClaimIntent): Promise<StatusAnswer> {
  const receipt = readActionToken(portal, formText(form, "token"));
  if (receipt === null) return refuseStatus({ typed: "", fault: { kind: "expired" } });
  const status = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
  if (status?.kind !== "tip") return refuseStatus({ typed: "", fault: { kind: "not_found" } });
  const award = status.awards.find(({ id }) => id === formText(form, "award"));
  if (award === undefined || award.claim?.open !== true)
    return showStatus(portal, receipt, { refused: "claim" });
  const ask: Ask = {
    portal,
    form,
    receipt,
    tipId: status.tipId,
    mode: status.mode,
    award,
    claim: award.claim,
  };
  switch (intent) {
    case "claim-transfer":
      return ok(transferPage(ask, {}));
    case "claim-transfer-save":
      return saveTransfer(ask);
    case "claim-window":
      return ok(await windowPage(ask, {}));
    case "claim-window-save":
      return saveWindow(ask);
    case "claim-code-check":
    case "claim-code-bypass":
    case "claim-code-shown":
      return lookAtCode(ask, intent);
  }
}

type Ask = {
  readonly portal: Portal;
  readonly form: FormData;
  readonly receipt: Receipt;
  readonly tipId: string;
  readonly mode: "anonymous" | "named";
  readonly award: ReporterAward;
  readonly claim: OwnClaim;
};

const ok = (answer: ClaimPage, status = 200): StatusAnswer => ({ status, answer });

function headOf({ portal, receipt, award, claim }: Ask): Head {
  return {
    kind: "claim",
    token: makeActionToken(portal, receipt),
    awardId: award.id,
    amountFen: award.amountFen,
    claim,
  };
}

function transferPage(
  ask: Ask,
  said: { errors?: Errors; doubted?: string | null; refused?: string | null },
): ClaimPage {
  const typed = (name: string) => formText(ask.form, name).slice(0, 200);
  return {
    ...headOf(ask),
    page: "transfer",
    values: {
      claimant: typed("claimant") || (ask.claim.claimant === "heir" ? "heir" : "self"),
      holder: typed("holder"),
      bank: typed("bank"),
      branch: typed("branch"),
      account: typed("account"),
    },
    anonymous: ask.mode === "anonymous",
    errors: said.errors ?? {},
    doubted: said.doubted ?? null,
    refused: said.refused ?? null,
  };
}

async function saveTransfer(ask: Ask): Promise<StatusAnswer> {
  const { portal, form, receipt, tipId, award } = ask;
  const parsed = parseForm(transferSchema, form);
  if (!parsed.ok) return ok(transferPage(ask, { errors: parsed.errors }), 400);
  const { claimant, ...details } = parsed.value;
  if (isDoubtful(details.account) && formText(form, "doubted") !== "yes") {
    return ok(transferPage(ask, { doubted: details.account }), 400);
  }
  try {
    const reporter = reporterActor(lookupIdOf(receipt));
    const input = { tipId, awardId: award.id, claimant, details };
    await chooseTransfer(portal.db, input, reporter, portal.clock);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return ok(transferPage(ask, { refused: error.code }), error.status);
  }
  return showStatus(portal, receipt, { sent: "claim" });
}

async function windowPage(ask: Ask, said: { errors?: Errors; refused?: string | null }): Promise<ClaimPage> {
  const reporter = reporterActor(lookupIdOf(ask.receipt));
  const windows = await withActor(ask.portal.db, reporter, (tx) => listOpenWindows(tx, ask.award.id));
  const typed = formText(ask.form, "claimant");
  return {
    ...headOf(ask),
    page: "window",
    windows,
    days: CODE_DAYS,
    claimant: CLAIMANTS.find((one) => one === typed) ?? ask.claim.claimant ?? "self",
    errors: said.errors ?? {},
    refused: said.refused ?? null,
  };
}

async function saveWindow(ask: Ask): Promise<StatusAnswer> {
  const { portal, form, receipt, tipId, award } = ask;
  const parsed = parseForm(windowSchema, form);
  if (!parsed.ok) return ok(await windowPage(ask, { errors: parsed.errors }), 400);
  try {
    const reporter = reporterActor(lookupIdOf(receipt));
    const input = { tipId, awardId: award.id, ...parsed.value };
    const { code } = await chooseWindow(portal.db, input, reporter, portal.clock);
    return ok(codePage(ask, code, {}));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return ok(await windowPage(ask, { refused: error.code }), error.status);
  }
}

function codePage(
  ask: Ask,
  code: string,
  said: { ending?: string; wrong?: boolean; lastLook?: boolean },
): ClaimPage {
  return {
    ...headOf(ask),
    page: "code",
    code,
    sealedCode: sealCode(ask, code),
    days: CODE_DAYS,
    ending: said.ending ?? "",
    wrong: said.wrong ?? false,
    lastLook: said.lastLook ?? false,
  };
}

/** Re-typing the end, as with the receipt: who cannot sees the code once more before it is gone. */
async function lookAtCode(
  ask: Ask,
  intent: "claim-code-check" | "claim-code-bypass" | "claim-code-shown",
): Promise<StatusAnswer> {
  const { portal, form, receipt } = ask;
  const code = openCode(ask, formText(form, "sealedCode"));
  if (code === null) return showStatus(portal, receipt);
  if (intent === "claim-code-bypass") return ok(codePage(ask, code, { lastLook: true }));
  if (intent === "claim-code-shown") return ok(codePage(ask, code, {}));
  const ending = formText(form, "ending").slice(0, 100);
  if (!endsWith(code, ending) && formText(form, "seen") !== "yes") {
    return ok(codePage(ask, code, { ending, wrong: true }), 400);
  }
  return showStatus(portal, receipt, { sent: "claim" });
}

/** Bound to the award it is for; it opens as long as the page may be acted on. */
function sealCode({ portal, award }: Ask, code: string): string {
  const text = `${String(portal.clock.now().getTime() + CODE_SHOWN_MS)} ${code}`;
  return encrypt(portal.keyring.action, Buffer.from(text), `${CODE_AAD}|${award.id}`).toString("base64url");
}

const CODE_SHOWN_MS = 30 * 60 * 1000;

function openCode({ portal, award }: Ask, sealed: string): string | null {
  const plain = decrypt(portal.keyring.action, Buffer.from(sealed, "base64url"), `${CODE_AAD}|${award.id}`);
  const [until, code] = plain?.toString("utf8").split(" ") ?? [];
  if (until === undefined || code === undefined) return null;
  return Number(until) < portal.clock.now().getTime() ? null : code;
}
