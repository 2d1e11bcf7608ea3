import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import { BOOK_FORMATS } from "~server/books/book-formats";
import styles from "./finance.module.css";

type Part = { readonly from: number; readonly to: number };

/** What a month prints, and the whole ledger in the forms other tools read. */
export function BookDownloads({ month, parts }: { month: string; parts: readonly Part[] }) {
  const { t } = useTranslation("staff");
  return (
    <>
      <h3>{t("books.documents")}</h3>
      <ul className={styles.entries}>
        {parts.map(({ from, to }) => (
          <li key={from}>
            <a href={paths.staff.booksPdf({ document: "vouchers", month, from: String(from) })} download>
              {parts.length === 1 ? t("books.printAll") : t("books.printPart", { from, to })}
            </a>
          </li>
        ))}
        <li>
          <a href={paths.staff.booksPdf({ document: "payouts", month })} download>
            {t("books.payouts")}
          </a>
        </li>
        <li>
          <a href={paths.staff.booksPdf({ document: "statement", month })} download>
            {t("books.statement")}
          </a>
        </li>
      </ul>
      <h3 className={styles.apart}>{t("books.whole")}</h3>
      <p>{t("books.wholeHint")}</p>
      <ul className={styles.entries}>
        {BOOK_FORMATS.map((format) => (
          <li key={format}>
            <a href={paths.staff.booksFile(format)} download>
              {t(`books.formats.${format}`)}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
