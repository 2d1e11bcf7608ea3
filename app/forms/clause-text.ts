import type { Language } from "~server/packs/look-up-pack";

/** A default scheme's own rules cite its id and a remark; an id means nothing to people. */
const OWN = /[a-z][a-z0-9]*(?:-[a-z0-9]+)+（[^（）]*）/g;

const OWN_WORDS: Record<Language, string> = {
  zh: "本平台默认方案（待当地确认）",
  en: "This portal’s default scheme (not yet confirmed)",
};

/** Documents with an English name; the others are cited as they are, in Chinese. */
const DOCUMENTS_EN: readonly (readonly [string, string])[] = [
  ["青海非法集资举报奖励", "Qinghai illegal-fundraising rewards"],
];

/**
 * A clause, or a sentence that cites one, as people read it: a default scheme's own rules by what they are. What a
 * machine compares (the computation, the voucher) keeps the clause.
 */
export function clauseText(clause: string, language: Language): string {
  const named = clause.replace(OWN, OWN_WORDS[language]);
  if (language === "zh") return named;
  return DOCUMENTS_EN.reduce((text, [zh, en]) => text.replaceAll(zh, en), named);
}

/** An English text cut where it turns Chinese and back, so that each piece can say its language. */
export function splitLanguages(text: string): { readonly text: string; readonly chinese: boolean }[] {
  return text
    .split(/(\p{Script=Han}(?:[\d〔《（、 ]*(?:\(\p{Script=Han}+\)|[\p{Script=Han}〕》）]))*)/u)
    .map((piece, at) => ({ text: piece, chinese: at % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}
