import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "./locale";
import type { Catalogue } from "./zh-CN/catalogue";
import type { StaffCatalogue } from "./zh-CN/staff";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Catalogue; staff: StaffCatalogue };
    returnNull: false;
  }
}

/**
 * One i18next instance a response (or a browser): nothing about language is shared between requests. Staff texts are
 * a namespace of their own, Chinese only, given on staff pages alone: a citizen's page has no way to them.
 */
export function createI18n(locale: Locale, catalogue: Catalogue, staff?: StaffCatalogue): i18n {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    initImmediate: false,
    resources: { [locale]: { translation: catalogue, ...(staff === undefined ? {} : { staff }) } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  return instance;
}
