import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { paths } from "~/paths";

/** What happened in one sentence, what to do next, and a way home. */
export function ErrorMessage({ title, status }: { title: string; status: number }) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{title}</h1>
      <p>{t(status === 404 ? "error.notFoundBody" : "error.body")}</p>
      <p>
        <a href={paths.home()} className={actions.link}>
          {t("error.home")}
        </a>
      </p>
    </>
  );
}
