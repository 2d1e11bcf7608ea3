import { useRouteLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { loader } from "~/root";
import { ErrorMessage } from "./ErrorMessage";

/** The last resort, where no layout is left around the page. */
export function ErrorPage({ title, status }: { title: string; status: number }) {
  const { t } = useTranslation();
  const demo = useRouteLoaderData<typeof loader>("root")?.demo ?? false;
  return (
    <main id="main" className="error-page">
      <title>{title}</title>
      {demo ? <p>{t("site.demo")}</p> : null}
      <ErrorMessage title={title} status={status} />
    </main>
  );
}
