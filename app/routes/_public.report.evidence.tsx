import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import type { CitizenHandle } from "~/components/PageTitle";
import { EvidencePage } from "~/components/evidence/EvidencePage";
import { NOTHING_CARRIED } from "~/forms/carried-answers";
import { formText } from "~/forms/form-text";
import type { RawAnswers } from "~/forms/report";
import { readFrom, wayOf } from "~/forms/report-way";
import { preferenceFor } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { listDraftFiles } from "~server/evidence/list-files.server";
import { isBrokenForm, receiveFiles, type Received } from "~server/evidence/receive-files.server";
import { removeFile } from "~server/evidence/remove-file.server";
import { readDraftReceipt } from "~server/intake/draft-cookie.server";
import { turnsOf } from "~server/intake/queue-forms.server";
import { readDraft } from "~server/intake/read-draft.server";
import { readForm } from "~server/intake/read-form.server";
import { lateAnswer, requireDraft } from "~server/intake/require-draft.server";
import { requireOpen } from "~server/intake/require-open.server";
import type { Portal } from "~server/portal.server";
import type { Receipt } from "~server/secrecy/receipt";

export const handle: CitizenHandle = { question: true, title: (t) => t("evidence.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { portal } = context;
  await requireOpen(request, portal);
  const { receipt, raw } = await requireDraft(request, portal);
  return { ...placeInForm(request, raw), files: await listDraftFiles(portal, { receipt }) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const multipart = /^multipart\/form-data\b/i.test(request.headers.get("Content-Type") ?? "");
  const late = await holdsSent(request, portal);
  if (late !== null) throw multipart ? await refuseLateFiles(request, portal, late) : lateAnswer("removal");
  const { receipt, raw } = await requireDraft(request, portal, {
    context,
    carried: { ...NOTHING_CARRIED, files: multipart },
  });
  const url = new URL(request.url);
  const here = `${url.pathname}${url.search}`;
  if (!multipart) {
    const form = await readForm(request);
    await removeFile(portal, { receipt, fileId: formText(form, "remove") });
    return redirect(here);
  }
  let received: Received;
  try {
    received = await receiveFiles(portal, request, () => ({ kind: "draft", receipt }), {
      sender: context.sender,
      inTurn: turnsOf({ context, request }),
    });
  } catch (error) {
    if (!isBrokenForm(error)) throw error;
    return data({ broken: true, refused: [], already: [] }, { status: 400 });
  }
  // Sent from another tab while they were on their way.
  const tooLate = namesTooLate(received);
  if (tooLate.length > 0) throw lateAnswer("files", tooLate);
  // What came is kept even where it can be sent nowhere yet.
  await requireOpen(request, portal);
  const { outcomes, fields } = received;
  const intent = fields.get("intent") ?? "";
  const preference = preferenceFor(portal, intent);
  if (preference !== null) return redirect(here, { headers: { "Set-Cookie": preference } });
  const refused = outcomes.filter((one) => one.state === "refused");
  const already = outcomes.filter(({ state }) => state === "already").map(({ name }) => name);
  // The script reads what became of a file from the list; a browser shows the page, which then says 错误 first.
  const status = fields.get("by") === "script" ? 200 : 400;
  if (refused.length > 0) return data({ broken: false, refused, already }, { status });
  if (intent === "save") return redirect(paths.reportSaved());
  if (intent === "continue") return redirect(placeInForm(request, raw).next);
  return already.length > 0 ? data({ broken: false, refused, already }) : redirect(here);
}

export default function Evidence() {
  const { files, next: _next, ...place } = useLoaderData<typeof loader>();
  const said = useActionData<typeof action>() ?? null;
  return (
    <EvidencePage
      {...place}
      files={files}
      refused={said?.refused ?? []}
      already={said?.already ?? []}
      broken={said?.broken ?? false}
    />
  );
}

/** The receipt this browser holds where its report is sent already. */
async function holdsSent(request: Request, portal: Portal): Promise<Receipt | null> {
  const receipt = readDraftReceipt(request, portal);
  if (receipt === null) return null;
  return (await readDraft(portal, { receipt }))?.kind === "submitted" ? receipt : null;
}

/** Reads the names of files that come too late, to their end as their sender reads no answer before; keeps nothing. */
async function refuseLateFiles(request: Request, portal: Portal, receipt: Receipt) {
  try {
    const names = namesTooLate(await receiveFiles(portal, request, () => ({ kind: "draft", receipt })));
    return names.length === 0 ? redirect(paths.reportDone()) : lateAnswer("files", names);
  } catch (error) {
    if (isBrokenForm(error)) return lateAnswer("files", []);
    throw error;
  }
}

function namesTooLate({ outcomes }: Received): string[] {
  return outcomes.flatMap((one) =>
    one.state === "refused" && one.reason === "already_sent" ? [one.name] : [],
  );
}

/** Where this page stands among the questions asked of this reporter, and the pages around it. */
function placeInForm(request: Request, raw: RawAnswers) {
  const way = wayOf(raw, "evidence", readFrom(new URL(request.url)));
  if (way === null) throw redirect(paths.reportOverview());
  return way;
}
