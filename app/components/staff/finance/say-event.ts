import type { TFunction } from "i18next";
import type { staffBooks } from "~/i18n/zh-CN/staff-books";

type EventName = keyof typeof staffBooks.events;

/** What a ledger event is called. */
export function sayEvent(t: TFunction<"staff">, event: string): string {
  return t(`books.events.${event.replace(".", "_") as EventName}`);
}
