import { catalogueZh } from "~/i18n/zh-CN/catalogue";

/** The document's title of a staff page. */
export function pageTitle(page: string): { title: string }[] {
  return [{ title: `${page} · ${catalogueZh.site.short}` }];
}
