import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { splitLanguages } from "~/forms/clause-text";

/** A text whose citations stay Chinese on an English page: they say so, or they would be read out as English. */
export function MixedText({ text }: { text: string }) {
  const { i18n } = useTranslation();
  if (i18n.language !== "en") return text;
  return splitLanguages(text).map((piece, at) =>
    piece.chinese ? (
      <span key={at} lang="zh-CN">
        {piece.text}
      </span>
    ) : (
      <Fragment key={at}>{piece.text}</Fragment>
    ),
  );
}
