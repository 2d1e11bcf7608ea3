import type { CustomTableLayout } from "pdfmake/interfaces";
import { staffBooks } from "~/i18n/zh-CN/staff-books";

/** Thin grey lines around every cell. */
export const LINES: CustomTableLayout = {
  hLineColor: () => "#999999",
  vLineColor: () => "#999999",
  hLineWidth: () => 0.5,
  vLineWidth: () => 0.5,
};

/** What a ledger event is called in the books. */
export function eventName(event: string): string {
  const { events } = staffBooks;
  return events[event.replace(".", "_") as keyof typeof events] ?? event;
}
