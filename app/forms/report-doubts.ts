import { doubtfulCard } from "./bank-card";
import { likelierEmail } from "./email-typo";
import { mobileLength } from "./phone";
import { readAnswers, type AnswerStep, type RawAnswers } from "./report";
import { readLossFen } from "./report-extent";
import type { FieldName } from "./report-fields";
import { likelierHost, readSite } from "./site-address";
import { readSpokenFen } from "./spoken-amount";

/** Something that looks mistyped but may be right: worth a second look, never a reason to refuse. */
export type Doubt = {
  readonly field: FieldName;
  /** A key of the catalogue's `report.doubts`. */
  readonly key: "card" | "mobile" | "site" | "email" | "lossAboveAll";
  /** What was typed, and what may have been meant (or ""). */
  readonly typed: string;
  readonly meant: string;
};

/** The doubts about a page that passes; none about one that does not. */
export function doubtsOf(step: AnswerStep, raw: RawAnswers): Doubt[] {
  switch (step) {
    case "online":
      return (readAnswers(raw, "online")?.sites ?? []).flatMap((site): Doubt[] => {
        const host = readSite(site)?.host ?? "";
        const meant = likelierHost(host);
        return meant === null ? [] : [{ field: "sites", key: "site", typed: host, meant }];
      });
    case "in-charge":
      return (readAnswers(raw, "in-charge")?.phonesOrAccounts ?? []).flatMap((line): Doubt[] => {
        const card = doubtfulCard(line);
        if (card !== null) return [{ field: "phonesOrAccounts", key: "card", typed: card, meant: "" }];
        return mobileLength(line)
          ? [{ field: "phonesOrAccounts", key: "mobile", typed: line, meant: "" }]
          : [];
      });
    case "amounts": {
      const amounts = readAnswers(raw, "amounts");
      const all = amounts?.amount === "exact" ? readSpokenFen(amounts.amountExact) : null;
      const own = amounts?.ownLoss ? readLossFen(amounts.ownLoss) : null;
      return all !== null && own !== null && own > all
        ? [{ field: "ownLoss", key: "lossAboveAll", typed: amounts?.ownLoss ?? "", meant: "" }]
        : [];
    }
    case "contact":
      return emailDoubts("contactEmail", readAnswers(raw, "contact")?.contactEmail ?? null);
    case "notice":
      return emailDoubts("noticeEmail", readAnswers(raw, "notice")?.noticeEmail ?? null);
    case "mode":
    case "relation":
    case "kind":
    case "subject":
    case "territory":
    case "sector":
    case "red-lines":
    case "time":
    case "scale":
    case "narrative":
    case "source":
    case "identity":
    case "official":
    case "reward":
    case "declaration":
      return [];
  }
}

function emailDoubts(field: "contactEmail" | "noticeEmail", email: string | null): Doubt[] {
  const meant = email === null ? null : likelierEmail(email);
  return email === null || meant === null ? [] : [{ field, key: "email", typed: email, meant }];
}

/** What a page sends back to say that these doubts were seen: the next “continue” goes on. */
export function doubtMark(doubts: readonly Doubt[]): string {
  return doubts.map(({ field, typed }) => `${field}:${typed}`).join("\n");
}
