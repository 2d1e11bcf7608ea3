import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { LateBody } from "~server/clocks/list-late.server";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";

/** How late each body is, and how it answers. */
export function LateBodies({ bodies }: { bodies: readonly LateBody[] }) {
  const { t } = useTranslation("staff");
  return (
    <section aria-labelledby="bodies-title">
      <h2 id="bodies-title">{t("deadlines.bodies")}</h2>
      {bodies.length === 0 ? (
        <p className={controls.empty}>{t("deadlines.bodiesNone")}</p>
      ) : (
        <>
          <div
            className={`${controls.tableWrap} ${controls.spaced}`}
            role="region"
            aria-labelledby="bodies-title"
            tabIndex={0}
          >
            <table className={`${controls.table} ${controls.wide} ${finance.table} ${finance.stacked}`}>
              <thead>
                <tr>
                  <th scope="col">{t("deadlines.agency")}</th>
                  {(
                    [
                      "lateAccept",
                      "lateHandle",
                      "lateDuty",
                      "longest",
                      "issued",
                      "answered",
                      "waiting",
                    ] as const
                  ).map((name) => (
                    <th key={name} scope="col" className={finance.amount}>
                      {t(`deadlines.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {bodies.map((body) => (
                  <tr key={body.agencyId}>
                    <th scope="row">
                      <Link to={`${paths.staff.deadlines()}?agency=${body.agencyId}`}>{body.name}</Link>
                    </th>
                    <Figure label={t("deadlines.lateAccept")} value={body.lateAccept} />
                    <Figure label={t("deadlines.lateHandle")} value={body.lateHandle} />
                    <Figure label={t("deadlines.lateDuty")} value={body.lateDuty} />
                    <Figure
                      label={t("deadlines.longest")}
                      value={t("deadlines.longestDays", { days: body.longest })}
                    />
                    <Figure label={t("deadlines.issued")} value={body.issued} />
                    <Figure label={t("deadlines.answered")} value={body.answered} />
                    <Figure label={t("deadlines.waiting")} value={body.issued - body.answered} />
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p>
            <a href={paths.staff.deadlinesCsv()} download>
              {t("deadlines.csv")}
            </a>
          </p>
        </>
      )}
    </section>
  );
}

function Figure({ label, value }: { label: string; value: string | number }) {
  return (
    <td className={finance.amount} data-label={label}>
      {value}
    </td>
  );
}
