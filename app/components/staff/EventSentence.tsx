import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import {
  EVENT_ACTIONS,
  type EventAction,
  type EventDetail,
  type EventView,
} from "~server/audit/present-event";
import type { staffEvents } from "~/i18n/zh-CN/staff-events";
import { slotName } from "./role-keys/slot-name";
import controls from "./controls.module.css";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** The catalogue's key of an action: `lead.moved` → `lead_moved`. */
export function eventKey(
  action: string,
): Exclude<keyof typeof staffEvents.events, "other" | "lead_moved_twice"> | null {
  const known = EVENT_ACTIONS.find((one): one is EventAction => one === action);
  return known === undefined ? null : (known.replace(".", "_") as ReturnType<typeof eventKey>);
}

/** What happened, as a plain sentence. */
export function eventSentence(event: EventView, t: StaffText): string {
  const key = eventKey(event.action);
  if (key === null) return t("events.other");
  return t(`events.${event.secondReturn && key === "lead_moved" ? "lead_moved_twice" : key}`, {
    from: event.from === null ? "" : t(`stages.${event.from}`),
    to: event.to === null ? "" : t(`stages.${event.to}`),
    role: event.role === null ? "" : t(`roles.${event.role}`),
    version: event.version ?? "",
  });
}

/** An action alone, for the list of a filter. */
export function actionName(action: EventAction, t: StaffText): string {
  const blank = { from: "…", to: "…", role: "…", version: "…" };
  return t(`events.${eventKey(action) ?? "other"}`, blank);
}

/** Who did it: a person with their body, a reporter (never more), or the system. */
export function eventActor(event: EventView, t: StaffText): string {
  switch (event.actor.kind) {
    case "staff":
      return `${event.actor.name}（${event.actor.agency}）`;
    case "reporter":
      return t("lead.reporter");
    case "system":
      return t("lead.system");
  }
}

export function EventDetails({ details }: { details: readonly EventDetail[] }) {
  const { t } = useTranslation("staff");
  if (details.length === 0) return null;
  return (
    <details className={controls.quietDetails}>
      <summary>{t("lead.showDetails")}</summary>
      <dl>
        {details.map((detail) => (
          <div key={detail.label}>
            <dt>{t(`details.${detail.label as keyof typeof staffEvents.details}`)}</dt>
            <dd>{detailText(detail, t)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function detailText({ kind, value }: EventDetail, t: StaffText): string {
  switch (kind) {
    case "text":
    case "holders":
      return value;
    case "flag":
      return t("yes");
    case "closure":
      return t(`closures.${value as "substantiated"}`);
    case "channel":
      return t(`lead.channels.${value as "web"}`);
    case "method":
      return t(`methods.${value as "passkey"}`);
    case "slot":
      return slotName({ slot: value, agencyName: null }, t);
    case "instant":
      return formatInstant(new Date(value));
    case "day":
      return formatDay(value);
    case "clock":
      return t(`clocks.kinds.${value as "accept"}`);
    case "cause":
      return t(`clocks.causes.${value as "reporter"}`);
  }
}
