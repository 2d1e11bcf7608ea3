import { useEffect, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";

/**
 * A refusal is told where the page is read from: its box has the focus, and the document's title begins with it. A page's
 * meta cannot see what its action answered. `answer` is what was answered: the next one is told anew.
 */
export function useToldRefusal(shown: boolean, answer: unknown): RefObject<HTMLDivElement> {
  const { t } = useTranslation("staff");
  const box = useRef<HTMLDivElement>(null);
  const prefix = t("forms.errorPrefix");
  useEffect(() => {
    if (!shown) return;
    box.current?.focus();
    if (!document.title.startsWith(prefix)) document.title = `${prefix}${document.title}`;
    return () => {
      if (document.title.startsWith(prefix)) document.title = document.title.slice(prefix.length);
    };
  }, [shown, answer, prefix]);
  return box;
}
