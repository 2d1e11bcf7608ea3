import { data, redirect, type ActionFunctionArgs } from "@remix-run/node";
import { useActionData } from "@remix-run/react";
import { ClaimPages } from "~/components/citizen/claim/ClaimPages";
import { OneMessage } from "~/components/citizen/status/OneMessage";
import { StatusForm } from "~/components/citizen/StatusForm";
import { StatusResult } from "~/components/citizen/StatusResult";
import { WithdrawQuestion, Withdrawn } from "~/components/citizen/Withdraw";
import type { CitizenHandle } from "~/components/PageTitle";
import { formText } from "~/forms/form-text";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { preferNow } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { turnsOf } from "~server/intake/queue-forms.server";
import { UNKNOWN_SENDER } from "~server/intake/weigh-senders.server";
import { actOnStatus, type StatusRefusal } from "~server/messages/act-on-status.server";
import { receiveMessage } from "~server/messages/receive-message.server";

export const handle: CitizenHandle = {
  question: true,
  wordsOnly: true,
  title: (t) => t("status.title"),
};

/**
 * Answers its POST directly, without a redirect: what the receipt opens is rendered once and kept nowhere, and the
 * receipt enters no address, cookie or session (secrecy.md).
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const { portal, guesses = UNKNOWN_SENDER } = context;
  let cookie: string | null = null;
  const inTurn = turnsOf({ context, request });
  const done = await receiveMessage(portal, request, { sender: context.sender, inTurn }, (form, files) => {
    cookie = preferNow(context, formText(form, "intent"));
    return inTurn(() => actOnStatus(portal, { form, files, guesses }));
  });
  const headers: HeadersInit = cookie === null ? {} : { "Set-Cookie": cookie };
  if ("draft" in done) {
    return redirect(paths.report(), { headers: { "Set-Cookie": draftCookie(portal, done.draft) } });
  }
  const { answer, status } = done;
  // Nothing was typed yet: there is nothing a redirect would lose.
  if (cookie !== null && answer.kind === "refused" && isBlank(answer)) {
    return redirect(paths.status(), { headers });
  }
  if (answer.kind !== "status") return data(answer, { status, headers });
  const sector = portal.pack.pack.sectors.find(({ id }) => id === answer.status.sector);
  const sectorName = sector?.title[chooseLanguage(detectLocale(request, context))] ?? null;
  return data({ ...answer, sectorName }, { status, headers });
}

export default function Status() {
  const answer = useActionData<typeof action>();
  if (answer?.kind === "status") return <StatusResult {...answer} />;
  if (answer?.kind === "message") return <OneMessage {...answer} />;
  if (answer?.kind === "claim") return <ClaimPages {...answer} />;
  if (answer?.kind === "withdraw") return <WithdrawQuestion {...answer} />;
  if (answer?.kind === "withdrawn") return <Withdrawn />;
  return <StatusForm refused={answer} />;
}

function isBlank({ typed, kept, fault }: StatusRefusal): boolean {
  return typed === "" && kept === null && fault === null;
}
