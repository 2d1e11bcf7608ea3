import { data, redirect, type ActionFunctionArgs } from "@remix-run/node";
import { useActionData } from "@remix-run/react";
import type { CitizenHandle } from "~/components/PageTitle";
import { DraftEndedPage } from "~/components/report/DraftEnded";
import { NOTHING_CARRIED, isDraftEnded, readCarried } from "~/forms/carried-answers";
import { formText } from "~/forms/form-text";
import { preferNow } from "~/i18n/preference.server";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { readForm } from "~server/intake/read-form.server";
import { resumeDraft } from "~server/intake/resume-draft.server";
import { UNKNOWN_SENDER } from "~server/intake/weigh-senders.server";

export const handle: CitizenHandle = { question: true, title: (t) => t("report.ended.title") };

/**
 * Takes up a draft where its page ran out. Answers its POST directly until the receipt opens a draft: what was typed
 * stays in the page, and enters no address or cookie (secrecy.md).
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const { portal, guesses = UNKNOWN_SENDER, sender = UNKNOWN_SENDER } = context;
  const form = await readForm(request);
  const cookie = preferNow(context, formText(form, "intent"));
  if (cookie !== null) {
    const typed = formText(form, "receipt").slice(0, 400);
    const same = { kind: "draft_ended", carried: readCarried(form), typed, fault: null, work: null } as const;
    return data(same, { headers: { "Set-Cookie": cookie } });
  }
  const done = await resumeDraft(portal, { request, form, guesses, sender });
  if (!("to" in done)) return data(done.answer, { status: done.status });
  const headers: HeadersInit =
    done.receipt === null ? {} : { "Set-Cookie": draftCookie(portal, done.receipt) };
  return redirect(done.to, { headers });
}

export default function Resume() {
  const answer = useActionData<typeof action>();
  return (
    <DraftEndedPage
      {...(isDraftEnded(answer)
        ? answer
        : { kind: "draft_ended", carried: NOTHING_CARRIED, typed: "", fault: null, work: null })}
    />
  );
}
