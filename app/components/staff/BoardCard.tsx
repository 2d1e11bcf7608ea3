import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { PlaceView } from "~server/triage/present-lead.server";
import type { ClosureCode, MoveNeed, Stage } from "~server/triage/stages";
import { Clock } from "./Clock";
import { SubmitButton } from "./SubmitButton";
import { UnreadMarks } from "./messages/UnreadMarks";
import styles from "./board.module.css";
import controls from "./controls.module.css";

export type CardView = {
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly name: string;
  readonly isMajor: boolean;
  readonly sector: string | null;
  readonly place: PlaceView | null;
  readonly tipCount: number;
  readonly dueOn: string | null;
  readonly closureCode: ClosureCode | null;
  readonly unread: number;
  readonly wishes: number;
  readonly moves: readonly { readonly to: Stage; readonly needs: readonly MoveNeed[] }[];
};

/** Three lines: subject; sector and place; clock and number of reports. Then where it may go. */
export function BoardCard({ card, today, search }: { card: CardView; today: string; search: string }) {
  const { t } = useTranslation("staff");
  return (
    <article className={styles.card} data-major={card.isMajor || undefined}>
      <h3 className={styles.subject}>
        {card.isMajor && (
          <span className={controls.tag} data-tone="major">
            {t("major")}
          </span>
        )}
        <Link to={paths.staff.lead(card.id)}>{card.name}</Link>
      </h3>
      <UnreadMarks {...card} />
      <p className={styles.where}>
        <span className={styles.sector} title={card.sector ?? undefined}>
          {card.sector ?? t("unknownSector")}
        </span>
        <span className={styles.place}>{placeText(card.place, t)}</span>
      </p>
      <p className={styles.line}>
        <span>
          {card.dueOn !== null && <Clock today={today} dueOn={card.dueOn} />}
          {card.closureCode !== null && t("board.closedAs", { closure: t(`closures.${card.closureCode}`) })}
        </span>
        <span className={styles.reporters}>{t("board.reporters", { count: card.tipCount })}</span>
      </p>
      {card.moves.length > 0 && <MoveMenu card={card} search={search} />}
    </article>
  );
}

/** Moves that need nothing happen here; the others open their fields on the lead's page. */
function MoveMenu({ card, search }: { card: CardView; search: string }) {
  const { t } = useTranslation("staff");
  return (
    <details className={styles.menu}>
      <summary aria-label={`${t("board.move")} ${card.name}`}>{t("board.move")}</summary>
      <ul>
        {card.moves.map(({ to, needs }) => (
          <li key={to}>
            {needs.includes("route") ? (
              <Link to={`${paths.staff.lead(card.id)}#dispatch`}>{t("board.moveByRoute")}</Link>
            ) : needs.some((need) => need !== "verified_finding") ? (
              <Link to={`${paths.staff.lead(card.id)}?move=${to}#move-${to}`}>
                {t("board.moveWithForm", { verb: t(`lead.moveVerbs.${to}`) })}
              </Link>
            ) : (
              <Form method="post" action={`${paths.staff.board()}${search}`} preventScrollReset>
                <input type="hidden" name="leadId" value={card.id} />
                <input type="hidden" name="version" value={card.version} />
                <input type="hidden" name="to" value={to} />
                <SubmitButton kind="quiet">{t(`lead.moveVerbs.${to}`)}</SubmitButton>
              </Form>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** A place in words. */
export function placeText(place: PlaceView | null, t: StaffText): string {
  if (place === null || place.kind === "unknown") return t("unknownPlace");
  return place.kind === "named" ? place.name : t("online");
}
