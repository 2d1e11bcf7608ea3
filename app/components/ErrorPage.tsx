import { useTranslation } from "react-i18next";
import { paths } from "~/paths";

/** The last resort: what happened in one sentence, what to do next, and a way home. */
export function ErrorPage({ title, status }: { title: string; status: number }) {
  const { t } = useTranslation();
  return (
    <main id="main" className="error-page">
      <title>{title}</title>
      <h1>{title}</h1>
      <p>{t(status === 404 ? "error.notFoundBody" : "error.body")}</p>
      <p>
        <a href={paths.home()}>{t("error.home")}</a>
      </p>
    </main>
  );
}
