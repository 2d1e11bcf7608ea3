import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import { ImportColumns } from "~/components/staff/desk/ImportColumns";
import { ImportForm } from "~/components/staff/desk/ImportForm";
import { ImportResult } from "~/components/staff/desk/ImportResult";
import { pageTitle } from "~/components/staff/page-title";
import { staffZh } from "~/i18n/zh-CN/staff";
import { IMPORT_COLUMNS } from "~server/exchange/import-columns";
import { IMPORT_BYTES, IMPORT_ROWS } from "~server/exchange/import-limits";
import { importTemplate } from "~server/exchange/import-template";
import { receiveImport } from "~server/exchange/receive-import.server";
import { isOpen } from "~server/intake/require-open.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

export const meta = () => pageTitle(staffZh.import.title);

export async function loader({ context }: LoaderFunctionArgs) {
  return {
    open: await isOpen(context.portal),
    limits: { rows: IMPORT_ROWS, megabytes: IMPORT_BYTES / 1024 / 1024 },
    columns: IMPORT_COLUMNS.map(({ chinese, required, rule, example }) => ({
      chinese,
      required,
      rule,
      example,
    })),
    template: importTemplate(),
  };
}

/** Answered directly, as the desk's form is: the report belongs to this file and is kept nowhere. */
export async function action({ request, context }: ActionFunctionArgs) {
  const answer = await answerRefusals(receiveImport(context.portal, request, actorOf(context)));
  return data(answer, {
    status: answer.kind === "refused" ? answer.status : 200,
    headers: { "Cache-Control": "no-store" },
  });
}

export default function ImportPage() {
  const { open, limits, columns, template } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("import.title")}</h1>
      <p className={controls.muted}>{t("import.lead")}</p>
      {answer?.kind === "done" && <ImportResult {...answer} />}
      {open ? (
        <ImportForm limits={limits} refused={answer?.kind === "refused" ? answer : null} />
      ) : (
        <p className={controls.empty}>{t("import.closed")}</p>
      )}
      <ImportColumns columns={columns} template={template} />
    </>
  );
}
