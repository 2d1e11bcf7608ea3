import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import type { BankFormat } from "~/forms/bank-format";
import type { Payment } from "~/staff-client/bank/payment";
import { writeBankCsv } from "~/staff-client/bank/write-bank-csv";
import styles from "./formats.module.css";

/** In fen; the third gave no bank code. */
const AMOUNTS = [
  { amountFen: 300_000n, bankCode: "000000000000" },
  { amountFen: 1_694_405n, bankCode: "000000000000" },
  { amountFen: 100n, bankCode: null },
] as const;

/** To nobody: a person, a company with a comma in its name, somebody who gave no bank code. */
function inventedPayments(names: readonly string[], bankName: string): Payment[] {
  return AMOUNTS.map(({ amountFen, bankCode }, at) => ({
    position: at + 1,
    endToEndId: String(at + 1).padStart(32, "0"),
    amountFen,
    payee: { name: names[at] ?? "", bankCode, account: `EXAMPLE-${at + 1}`, bankName },
  }));
}

/** Three payments of nobody as the bank's file would have them. */
export function FormatPreview({ format }: { format: BankFormat }) {
  const { t } = useTranslation("staff");
  const { first, second, third, bank } = t("bankFormat.page.previewNames", { returnObjects: true });
  const payments = inventedPayments([first, second, third], bank);
  // In the bank's own charset for whether it can be written, in one a page can show for how it reads.
  const real = writeBankCsv(payments, format);
  const shown = writeBankCsv(payments, { ...format, csv: { ...format.csv, charset: "utf-8" } });
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
