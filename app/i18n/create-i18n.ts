import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { catalogueEn } from "./en/catalogue";
import type { Locale } from "./locale";
import { catalogueZh, type Catalogue } from "./zh-CN/catalogue";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Catalogue };
    returnNull: false;
  }
}

/** One i18next instance a response (or a browser): nothing about language is shared between requests. */
export function createI18n(locale: Locale): i18n {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: "zh-CN",
    initImmediate: false,
    resources: { "zh-CN": { translation: catalogueZh }, en: { translation: catalogueEn } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  return instance;
}
