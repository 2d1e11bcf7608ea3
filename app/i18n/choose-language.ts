import type { Language } from "~server/packs/look-up-pack";
import type { Locale } from "./locale";

/** The packs' and schemes' bilingual texts are keyed by language, the pages by locale. */
export function chooseLanguage(locale: Locale): Language {
  return locale === "en" ? "en" : "zh";
}
