import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { paths } from "~/paths";

/** What an error page is called, as a key of the catalogue. */
export function errorTitle(status: number) {
  if (status === 404) return "error.notFoundTitle";
  return status === 413 ? "error.tooLongTitle" : "error.title";
}

function errorBody(status: number) {
  if (status === 404) return "error.notFoundBody";
  // Nothing of what was posted is kept: to reload brings nothing back.
  return status === 413 ? "error.tooLongBody" : "error.body";
}

/** What happened in one sentence, what to do next, and a way home. */
export function ErrorMessage({ title, status }: { title: string; status: number }) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{title}</h1>
      <p>{t(errorBody(status))}</p>
      <p>
        <a href={paths.home()} className={actions.link}>
          {t("error.home")}
        </a>
      </p>
    </>
  );
}
