import { areaList } from "@vant/area-data";
import { Converter } from "opencc-js/t2cn";

const toSimplified = Converter({ from: "t", to: "cn" });

/**
 * A name as it is compared: full-width and traditional forms, case, spaces and punctuation do not matter
 * (`台灣　ＡＢＣ財富（集團）` is `台湾abc财富集团`).
 */
export function foldName(name: string): string {
  return toSimplified(name.normalize("NFKC"))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** The pairs of neighbouring characters of a folded name, once each: what the index holds. */
export function gramsOf(folded: string): string[] {
  const characters = [...folded];
  return [...new Set(characters.slice(1).map((character, at) => `${characters[at] ?? ""}${character}`))];
}

/** Words that many names share: a pair of characters within them tells little, one that touches them some. */
const COMMON = [
  ...[
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "有限合伙",
    "合伙企业",
    "分公司",
    "总公司",
    "公司",
    "集团",
    "股份",
    "企业",
  ],
  ...[
    "网络科技",
    "信息科技",
    "科技",
    "信息",
    "技术",
    "网络",
    "电子商务",
    "商务",
    "投资",
    "理财",
    "资产",
    "管理",
    "基金",
  ],
  ...[
    "财富",
    "金融",
    "资本",
    "控股",
    "咨询",
    "服务",
    "顾问",
    "平台",
    "实业",
    "贸易",
    "发展",
    "中心",
    "合作社",
    "互联网",
  ],
  ...["中国", "省", "市", "区", "县", "有限"],
] as const;

/** Provinces, cities and counties without their kind (金华, 婺城): companies carry them before their own name. */
const PLACES = new Set(
  [areaList.province_list, areaList.city_list, areaList.county_list]
    .flatMap((list) => Object.values(list))
    .map((name) => name.replace(/(?:特别行政区|自治区|自治州|自治县|地区|新区|省|市|区|县)$/, ""))
    .filter((name) => name.length >= 2),
);

/** A folded name's pairs with what each tells: 1 of its own, 0.5 beside a common word or place, 0.15 inside one. */
export function weighGrams(folded: string): Map<string, number> {
  const characters = [...folded];
  const common = new Set<number>();
  const text = characters.join("");
  // Indices of UTF-16 units and of characters differ outside the basic plane; such names weigh a little too much.
  for (const word of COMMON) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      for (let within = 0; within < word.length; within += 1) common.add(at + within);
    }
  }
  const place =
    [4, 3, 2].find((length) => text.length > length + 1 && PLACES.has(text.slice(0, length))) ?? 0;
  for (let at = 0; at < place; at += 1) common.add(at);
  const weights = new Map<string, number>();
  for (let at = 1; at < characters.length; at += 1) {
    const gram = `${characters[at - 1] ?? ""}${characters[at] ?? ""}`;
    const inside = Number(common.has(at - 1)) + Number(common.has(at));
    const weight = inside === 2 ? 0.15 : inside === 1 ? 0.5 : 1;
    weights.set(gram, Math.max(weight, weights.get(gram) ?? 0));
  }
  return weights;
}

/** The pairs a search for similar names begins with: the telling ones, or all of a name that has none. */
export function tellingGrams(folded: string): string[] {
  const weights = [...weighGrams(folded)];
  for (const least of [1, 0.5]) {
    const telling = weights.filter(([, weight]) => weight >= least).map(([gram]) => gram);
    if (telling.length > 0) return telling;
  }
  return weights.map(([gram]) => gram);
}

/**
 * How alike two folded names are, from 0 to 1: the mean of what they share of both (weighted Dice) and of the shorter
 * (a short name within a company's full one). Symmetric; 1 for equal names.
 */
export function likeness(one: string, other: string): number {
  if (one === other) return one === "" ? 0 : 1;
  const [a, b] = [weighGrams(one), weighGrams(other)];
  const sum = (weights: Map<string, number>) =>
    [...weights.values()].reduce((all, weight) => all + weight, 0);
  const shared = [...a].reduce((all, [gram, weight]) => all + Math.min(weight, b.get(gram) ?? 0), 0);
  const [least, whole] = [Math.min(sum(a), sum(b)), sum(a) + sum(b)];
  return least === 0 ? 0 : Math.min(1, shared / whole + shared / least / 2);
}
