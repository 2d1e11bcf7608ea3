import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { createI18n } from "~/i18n/create-i18n";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { staffZh } from "~/i18n/zh-CN/staff";

// Only staff pages load this: the citizen's side ships no framework script.
startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <I18nextProvider i18n={createI18n("zh-CN", catalogueZh, staffZh)}>
        <RemixBrowser />
      </I18nextProvider>
    </StrictMode>,
  );
});
