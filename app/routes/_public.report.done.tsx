import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import { TextField } from "~/components/citizen/Fields";
import prose from "~/components/citizen/Prose.module.css";
import { ReceiptCard } from "~/components/citizen/ReceiptCard";
import { formText } from "~/forms/form-text";
import { paths } from "~/paths";
import { clearDraftCookie, readDraftReceipt } from "~server/intake/draft-cookie.server";
import { drawReceiptCode } from "~server/intake/draw-receipt-code.server";
import { matchReceiptEnding } from "~server/intake/match-receipt-ending.server";
import { readDraft } from "~server/intake/read-draft.server";
import { readForm } from "~server/intake/read-form.server";
import type { Portal } from "~server/portal.server";
import { spellReceipt, type Receipt } from "~server/secrecy/receipt";

export const handle: CitizenHandle = { title: (t) => t("receipt.done.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { receipt, official } = await requireSent(request, context.portal);
  return {
    spellings: spellReceipt(receipt),
    code: await drawReceiptCode(receipt),
    accept: context.portal.pack.pack.limits.acceptance,
    handledBy: official ? ("official" as const) : ("accept" as const),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const { receipt } = await requireSent(request, portal);
  const form = await readForm(request);
  const ending = formText(form, "ending").slice(0, 400);
  const intent = form.get("intent");
  if (intent === "bypass") return data({ ending: "", wrong: false, lastLook: true }, { status: 200 });
  if (intent !== "leave" && !matchReceiptEnding(receipt, ending)) {
    return data({ ending, wrong: true, lastLook: false }, { status: 400 });
  }
  return redirect(paths.reportSent(), { headers: { "Set-Cookie": clearDraftCookie(portal) } });
}

export default function ReceiptPage() {
  const { t } = useTranslation();
  const { spellings, code, accept, handledBy } = useLoaderData<typeof loader>();
  const typed = useActionData<typeof action>();
  const wrong = typed?.wrong === true ? t("receipt.retype.wrong") : undefined;
  return (
    <div className={prose.prose}>
      <ErrorSummary items={wrong === undefined ? [] : [{ field: "ending", text: wrong }]} />
      <h1>{t("receipt.done.title")}</h1>
      <p>{t("receipt.done.lead")}</p>
      <ReceiptCard spellings={spellings} code={code} />
      <p>{t("receipt.done.once")}</p>
      {typed?.lastLook === true ? <LastLook /> : <Retype value={typed?.ending ?? ""} error={wrong} />}
      <h2>{t("receipt.done.next")}</h2>
      <ol>
        <li>{t(`receipt.done.${handledBy}.${accept.kind}`, { days: accept.days })}</li>
        <li>{t("receipt.done.follow")}</li>
        <li>{t("receipt.done.reward")}</li>
      </ol>
    </div>
  );
}

function Retype({ value, error }: { value: string; error: string | undefined }) {
  const { t } = useTranslation();
  return (
    <form method="post" noValidate className="no-print">
      <h2>{t("receipt.retype.title")}</h2>
      <TextField
        name="ending"
        label={t("receipt.retype.label")}
        hint={t("receipt.retype.hint")}
        error={error}
        value={value}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <div className={actions.row}>
        <button type="submit" name="intent" value="confirm" className={actions.primary}>
          {t("receipt.retype.submit")}
        </button>
        <button type="submit" name="intent" value="bypass" className={actions.link}>
          {t("receipt.retype.bypass")}
        </button>
      </div>
    </form>
  );
}

function LastLook() {
  const { t } = useTranslation();
  return (
    <form method="post" className="no-print">
      <p>{t("receipt.retype.lastLook")}</p>
      <div className={actions.row}>
        <button type="submit" name="intent" value="leave" className={actions.primary}>
          {t("receipt.retype.leave")}
        </button>
      </div>
    </form>
  );
}

/**
 * The receipt of a report that was sent from this browser, and whether it concerns an official; anything else goes where
 * it belongs.
 */
async function requireSent(
  request: Request,
  portal: Portal,
): Promise<{ readonly receipt: Receipt; readonly official: boolean }> {
  const receipt = readDraftReceipt(request, portal);
  const state = receipt === null ? null : await readDraft(portal, { receipt });
  if (receipt === null || state === null) throw redirect(paths.report());
  if (state.kind === "draft") throw redirect(paths.reportStep("check"));
  return { receipt, official: state.official };
}
