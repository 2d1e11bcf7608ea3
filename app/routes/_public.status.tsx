import { data, redirect, type ActionFunctionArgs } from "@remix-run/node";
import { useActionData } from "@remix-run/react";
import { StatusForm, type StatusFault } from "~/components/citizen/StatusForm";
import { StatusResult } from "~/components/citizen/StatusResult";
import { WithdrawQuestion, Withdrawn } from "~/components/citizen/Withdraw";
import type { CitizenHandle } from "~/components/PageTitle";
import { formText } from "~/forms/form-text";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { paths } from "~/paths";
import { DomainError } from "~server/errors.server";
import { makeActionToken, readActionToken } from "~server/intake/action-token.server";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { readForm } from "~server/intake/read-form.server";
import { readStatus } from "~server/intake/read-status.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import type { Portal } from "~server/portal.server";
import { acceptAward } from "~server/rewards/accept-award.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, isReceipt, readReceipt } from "~server/secrecy/receipt";
import { reporterActor } from "~server/staff-auth/actor";

export const handle: CitizenHandle = { title: (t) => t("status.title") };

const WITHDRAWING = ["ask-withdraw", "keep", "withdraw"];

/**
 * Answers its POST directly, without a redirect: what the receipt opens is rendered once and kept nowhere, and the
 * receipt enters no address, cookie or session (secrecy.md).
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const form = await readForm(request);
  const intent = formText(form, "intent");
  if (intent === "accept") return accept(portal, request, form);
  if (WITHDRAWING.includes(intent)) return withdraw(portal, request, form);

  const typed = formText(form, "receipt").slice(0, 400);
  const read = readReceipt(typed);
  if (!isReceipt(read)) {
    if (read.kind !== "unreadable") return refuse({ typed, fault: read });
    // A wrong checksum derives and asks the database like an unknown receipt does, so that both take as long.
    await readStatus(portal, { lookupId: lookupIdOf(createReceipt()) });
    return refuse({ typed, fault: { kind: "not_found" } });
  }
  const lookupId = lookupIdOf(read);
  const status = await readStatus(portal, { lookupId });
  if (status === null) return refuse({ typed, fault: { kind: "not_found" } });
  if (status.kind === "draft") {
    return redirect(paths.report(), { headers: { "Set-Cookie": draftCookie(portal, read) } });
  }
  return show(portal, request, lookupId);
}

export default function Status() {
  const answer = useActionData<typeof action>();
  if (answer?.kind === "status") return <StatusResult {...answer} />;
  if (answer?.kind === "withdraw") return <WithdrawQuestion {...answer} />;
  if (answer?.kind === "withdrawn") return <Withdrawn />;
  return <StatusForm refused={answer} />;
}

function refuse(refused: { typed: string; fault: StatusFault }) {
  return data({ kind: "refused" as const, ...refused }, { status: 400 });
}

/** The award is accepted in the name of whoever opened this page with the receipt, at most 30 minutes ago. */
async function accept(portal: Portal, request: Request, form: FormData) {
  const lookupId = readActionToken(portal, formText(form, "token"));
  if (lookupId === null) return refuse({ typed: "", fault: { kind: "expired" } });
  const status = await readStatus(portal, { lookupId });
  if (status?.kind !== "tip") return refuse({ typed: "", fault: { kind: "not_found" } });
  const award = status.awards.find(({ id }) => id === form.get("award"));
  if (award === undefined) return show(portal, request, lookupId, "accept");
  try {
    await acceptAward(
      portal.db,
      { tipId: status.tipId, awardId: award.id },
      reporterActor(lookupId),
      portal.clock,
    );
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return show(portal, request, lookupId, "accept");
  }
  return show(portal, request, lookupId);
}

/** 撤回, in two steps: what it means, then the act. Both are in the name of whoever opened the page with the receipt. */
async function withdraw(portal: Portal, request: Request, form: FormData) {
  const lookupId = readActionToken(portal, formText(form, "token"));
  if (lookupId === null) return refuse({ typed: "", fault: { kind: "expired" } });
  const intent = form.get("intent");
  if (intent === "keep") return show(portal, request, lookupId);
  if (intent === "ask-withdraw") {
    const status = await readStatus(portal, { lookupId });
    if (status?.kind !== "tip") return refuse({ typed: "", fault: { kind: "not_found" } });
    const { subjectName, stage, timeline } = status;
    const token = makeActionToken(portal, lookupId);
    return data({ kind: "withdraw" as const, subjectName, stage, timeline, token }, { status: 200 });
  }
  try {
    await withdrawTip(portal, { lookupId });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return show(portal, request, lookupId, "withdraw");
  }
  return data({ kind: "withdrawn" as const }, { status: 200 });
}

async function show(
  portal: Portal,
  request: Request,
  lookupId: Buffer,
  refused: "accept" | "withdraw" | null = null,
) {
  const status = await readStatus(portal, { lookupId });
  if (status?.kind !== "tip") return refuse({ typed: "", fault: { kind: "not_found" } });
  const language = chooseLanguage(detectLocale(request));
  const sector = portal.pack.pack.sectors.find(({ id }) => id === status.sector);
  // Nothing the page does not show leaves the server.
  const { tipId: _tipId, ...shown } = status;
  return data(
    {
      kind: "status" as const,
      status: shown,
      sectorName: sector?.title[language] ?? null,
      token: makeActionToken(portal, lookupId),
      refused,
    },
    { status: refused === null ? 200 : 409 },
  );
}
