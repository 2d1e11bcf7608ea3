import { randomBytes } from "node:crypto";
import { data, redirect, type ActionFunctionArgs } from "@remix-run/node";
import { useActionData } from "@remix-run/react";
import { StatusForm, type StatusFault } from "~/components/citizen/StatusForm";
import { StatusResult } from "~/components/citizen/StatusResult";
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
import type { Portal } from "~server/portal.server";
import { acceptAward } from "~server/rewards/accept-award.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { isReceipt, readReceipt } from "~server/secrecy/receipt";

export const handle: CitizenHandle = { title: (t) => t("status.title") };

/**
 * Answers its POST directly, without a redirect: what the receipt opens is rendered once and kept nowhere, and the
 * receipt enters no address, cookie or session (secrecy.md).
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const form = await readForm(request);
  if (form.get("intent") === "accept") return accept(portal, request, form);

  const typed = formText(form, "receipt").slice(0, 400);
  const read = readReceipt(typed);
  if (!isReceipt(read)) {
    if (read.kind !== "unreadable") return refuse({ typed, fault: read });
    // A wrong checksum asks the database like an unknown receipt does, so that both take as long.
    await readStatus(portal, { lookupId: randomBytes(32) });
    return refuse({ typed, fault: { kind: "not_found" } });
  }
  const lookupId = lookupIdOf(read);
  const status = await readStatus(portal, { lookupId });
  if (status === null) return refuse({ typed, fault: { kind: "not_found" } });
  if (status.kind === "draft") {
    return redirect(paths.report(), { headers: { "Set-Cookie": draftCookie(portal, read) } });
  }
  return show(portal, request, lookupId, false);
}

export default function Status() {
  const answer = useActionData<typeof action>();
  if (answer?.kind === "status") return <StatusResult {...answer} />;
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
  if (award === undefined) return show(portal, request, lookupId, true);
  try {
    await acceptAward(portal.db, { tipId: status.tipId, awardId: award.id }, portal.clock);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return show(portal, request, lookupId, true);
  }
  return show(portal, request, lookupId, false);
}

async function show(portal: Portal, request: Request, lookupId: Buffer, refused: boolean) {
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
      acceptRefused: refused,
    },
    { status: refused ? 409 : 200 },
  );
}
