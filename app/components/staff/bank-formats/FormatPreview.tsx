import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import type { BankFormat } from "~/forms/bank-format";
import type { Payment } from "~/staff-client/bank/payment";
import { writeBankCsv } from "~/staff-client/bank/write-bank-csv";
import styles from "./formats.module.css";

/** Invented: a person, a company with a comma in its name, somebody who gave no bank code. */
const PAYMENTS: readonly Payment[] = [
  { name: "示例甲", bankCode: "000000000000", amountFen: 300_000n },
  { name: "示例,乙有限公司", bankCode: "000000000000", amountFen: 1_694_405n },
  { name: "示例丙", bankCode: null, amountFen: 100n },
].map(({ name, bankCode, amountFen }, at) => ({
  position: at + 1,
  endToEndId: String(at + 1).padStart(32, "0"),
  amountFen,
  payee: { name, bankCode, account: `EXAMPLE-${at + 1}`, bankName: "示例银行" },
}));

/** Three payments of nobody as the bank's file would have them. */
export function FormatPreview({ format }: { format: BankFormat }) {
  const { t } = useTranslation("staff");
  // In the bank's own charset for whether it can be written, in one a page can show for how it reads.
  const real = writeBankCsv(PAYMENTS, format);
  const shown = writeBankCsv(PAYMENTS, { ...format, csv: { ...format.csv, charset: "utf-8" } });
  return (
    <section className={styles.part} aria-labelledby="preview-title">
      <h2 id="preview-title">{t("bankFormat.page.previewTitle")}</h2>
      <p className={controls.muted}>{t("bankFormat.page.previewHint")}</p>
      {real.ok && shown.ok ? (
        <pre className={styles.preview} tabIndex={0} aria-labelledby="preview-title">
          {new TextDecoder().decode(shown.file)}
        </pre>
      ) : (
        <p className={controls.error}>{t("bankFormat.page.previewFault")}</p>
      )}
    </section>
  );
}
