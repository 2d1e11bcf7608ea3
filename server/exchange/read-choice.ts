import { catalogueZh } from "~/i18n/zh-CN/catalogue";

/** What other systems call the answers of the form, beyond its own labels. */
const ALIASES: Record<string, Record<string, string>> = {
  mode: { 匿名: "anonymous", 实名: "named" },
  relation: { 投资人: "investor", 员工: "employee", 知情人: "insider", 家属: "relative" },
  source: {
    亲身经历: "own_experience",
    亲友告知: "family_or_friend",
    工作中了解: "workplace",
    广告: "advertisement",
    网上: "online",
  },
  idKind: { 身份证: "id_card" },
  subjectKind: {
    机构: "organisation",
    公司: "organisation",
    企业: "organisation",
    网站: "site",
    app: "site",
  },
  ongoing: { 仍在进行: "yes", 进行中: "yes", 已停止: "no", 已经停止: "no" },
};

const YES = ["是", "有", "y", "yes", "true", "1", "√", "✓"];
const NO = ["否", "无", "没有", "n", "no", "false", "0", "×"];
const UNKNOWN = ["不清楚", "不详", "未知", "unknown"];

const options: Record<string, unknown> = catalogueZh.report.options;

/** A cell as the form's value: a choice by its id, its label on the form or another name; any other text as it is. */
export function readChoice(field: string, text: string): string {
  const labels = labelsOf(field);
  const plain = fold(text);
  if (plain === "") return "";
  if (field === "noConflict") return YES.includes(plain) ? "yes" : "";
  if (labels === null) return text;
  if (Object.hasOwn(labels, plain)) return plain;
  const alias = ALIASES[field]?.[plain];
  if (alias !== undefined) return alias;
  const byLabel = valuesOf(labels).get(plain);
  if (byLabel !== undefined) return byLabel;
  if ("yes" in labels && YES.includes(plain)) return "yes";
  if ("no" in labels && NO.includes(plain)) return "no";
  return "unknown" in labels && UNKNOWN.includes(plain) ? "unknown" : text;
}

/** The form's labels of a field of choices, by value; null for fields people write in. */
function labelsOf(field: string): Record<string, string> | null {
  const found = Object.hasOwn(options, field) ? options[field] : undefined;
  return typeof found === "object" && found !== null ? (found as Record<string, string>) : null;
}

const values = new WeakMap<object, ReadonlyMap<string, string>>();

/** The values by their labels, folded once; of equal labels the first counts. */
function valuesOf(labels: Record<string, string>): ReadonlyMap<string, string> {
  const known = values.get(labels);
  if (known !== undefined) return known;
  const made = new Map(
    Object.entries(labels)
      .reverse()
      .map(([value, label]) => [fold(label), value]),
  );
  values.set(labels, made);
  return made;
}

function fold(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase();
}
