import { useLocation, useRouteLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCitizenHandle } from "~/components/PageTitle";
import { paths } from "~/paths";
import type { loader } from "~/root";
import css from "./Shell.module.css";

/** Header, banner, one column, footer: every page of the citizen's side. */
export function Shell({
  question = false,
  wordsOnly = false,
  children,
}: {
  question?: boolean;
  wordsOnly?: boolean;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const demo = useRouteLoaderData<typeof loader>("root")?.demo ?? false;
  return (
    <>
      <a href="#main" className="skip-link">
        {t("site.skip")}
      </a>
      {question ? (
        // Enter in a field presses a form's first button: that must be “continue”, not one of the header's.
        <button
          type="submit"
          form="question"
          name="intent"
          value="continue"
          tabIndex={-1}
          aria-hidden="true"
          className="visually-hidden"
        />
      ) : null}
      <header className={`${css.header} no-print`}>
        <div className={css.bar}>
          <a href={paths.home()} className={css.name}>
            {t("site.short")}
          </a>
          <div className={css.controls}>
            <Preferences question={question} wordsOnly={wordsOnly} />
            <a href={paths.exit()} className={css.exit} data-quick-exit rel="noreferrer">
              {t("site.quickExit")}
              <span className={css.exitHint} title={t("site.quickExitHint")} data-needs-script hidden>
                Esc×3
              </span>
            </a>
          </div>
        </div>
        {demo ? (
          <p className={css.demo}>
            <span>{t("site.demo")}</span>
          </p>
        ) : null}
      </header>
      {children}
      <footer className={`${css.footer} no-print`}>
        <nav aria-label={t("nav.label")} className={css.footerBar}>
          <a href={paths.privacy()}>{t("nav.privacy")}</a>
          <a href={paths.hotlines()}>{t("nav.hotlines")}</a>
          <a href={paths.rewards()}>{t("nav.rewards")}</a>
          <a href={paths.verify()}>{t("nav.verify")}</a>
        </nav>
      </footer>
    </>
  );
}

/** On a question the buttons belong to its form, so that switching saves what is typed; elsewhere to one of their own. */
function Preferences({ question, wordsOnly }: { question: boolean; wordsOnly: boolean }) {
  const { t, i18n } = useTranslation();
  const { pathname, search } = useLocation();
  const elder = useRouteLoaderData<typeof loader>("root")?.elder ?? false;
  const english = i18n.language === "en";
  const common = question
    ? {
        form: "question",
        formNoValidate: true,
        ...(wordsOnly ? { formEncType: "application/x-www-form-urlencoded" } : {}),
      }
    : {};
  const buttons = (
    <>
      <button
        {...common}
        type="submit"
        name="intent"
        value={english ? "lang:zh-CN" : "lang:en"}
        className={css.quiet}
        lang={english ? "zh-CN" : "en"}
      >
        {t("site.otherLanguage")}
      </button>
      <button
        {...common}
        type="submit"
        name="intent"
        value={elder ? "elder:0" : "elder:1"}
        className={css.quiet}
      >
        {t(elder ? "site.elderOff" : "site.elder")}
      </button>
    </>
  );
  if (question) return <div className={css.preferences}>{buttons}</div>;
  return (
    <form method="post" action={paths.preferences()} className={css.preferences}>
      <input type="hidden" name="back" value={`${pathname}${search}`} />
      {buttons}
    </form>
  );
}

/** The one column of a citizen page. */
export function Column({ children }: { children: ReactNode }) {
  return (
    <main id="main" className={css.main} tabIndex={-1}>
      {children}
    </main>
  );
}

export function CitizenShell({ children }: { children: ReactNode }) {
  const { question = false, wordsOnly = false } = useCitizenHandle();
  return (
    <Shell question={question} wordsOnly={wordsOnly}>
      {children}
    </Shell>
  );
}
