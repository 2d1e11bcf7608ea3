import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import { paths } from "~/paths";

export const handle: CitizenHandle = { title: (t) => t("receipt.sent.title") };

export default function ReceiptCleared() {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t("receipt.sent.title")}</h1>
      <p>{t("receipt.sent.body")}</p>
      <div className={actions.row}>
        <a href={paths.home()} className={actions.primary}>
          {t("receipt.sent.home")}
        </a>
        <a href={paths.status()} className={actions.secondary}>
          {t("receipt.sent.status")}
        </a>
      </div>
    </>
  );
}
