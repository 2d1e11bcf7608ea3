import { useTranslation } from "react-i18next";
import type { BatchView } from "~server/payouts/read-batch.server";
import styles from "./payouts.module.css";

/** Says before a file is made that it would pay from the shipped example's account, which no bank knows. */
export function PayerWarning({ batch, demo }: { batch: BatchView; demo: boolean }) {
  const { t } = useTranslation("staff");
  const { examplePayer: account, status } = batch;
  if (account === null || (status !== "frozen" && status !== "released")) return null;
  return <p className={styles.warning}>{t(`payouts.payer.${demo ? "demo" : status}`, { account })}</p>;
}
