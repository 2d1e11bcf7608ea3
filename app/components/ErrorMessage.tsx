import { useContext } from "react";
import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { paths } from "~/paths";
import { AnsweredMethod } from "./PageTitle";

/** What an error page is called, as a key of the catalogue. */
export function errorTitle(status: number) {
  if (status === 404) return "error.notFoundTitle";
  if (status === 400) return "error.unreadTitle";
  return status === 413 ? "error.tooLongTitle" : "error.title";
}

/** What became of what was sent, and what to do next: each only as far as it is known. */
function errorBody(status: number, posted: boolean) {
  if (status === 404) return posted ? "error.notFoundPosted" : "error.notFoundBody";
  // Nothing of what was posted is kept: to reload brings nothing back.
  if (status === 413) return "error.tooLongBody";
  if (status === 400) return "error.unreadBody";
  if (status < 500) return "error.refusedBody";
  return posted ? "error.postedBody" : "error.body";
}

/** What happened in one sentence, what to do next, and a way home. */
export function ErrorMessage({ title, status }: { title: string; status: number }) {
  const { t } = useTranslation();
  const posted = useContext(AnsweredMethod) === "POST";
  return (
    <>
      <h1>{title}</h1>
      <p>{t(errorBody(status, posted))}</p>
      <p>
        <a href={paths.home()} className={actions.link}>
          {t("error.home")}
        </a>
      </p>
    </>
  );
}
