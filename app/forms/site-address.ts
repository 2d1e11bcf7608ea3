import { cleanText } from "./clean-text";

/** A web address found in what a reporter typed: as it will be shown, and the host that identifies its owner. */
export type SiteAddress = {
  /** Without the words around it; nothing in it is ever fetched. */
  readonly address: string;
  /** Lower-case ASCII (IDN in its xn-- form), without `www.` and port. */
  readonly host: string;
};

/** Where an address in a sentence ends. */
const END = "\\s，。；、！？）】》」』\"'<>“”";
const WITH_SCHEME = new RegExp(`https?://[^${END}]+`, "i");
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
/** An address without a scheme, also between Chinese characters; what follows a @ is an e-mail's. */
const BARE = new RegExp(
  `(?<![a-z0-9.@_-])(?:(?:${LABEL}\\.)+[a-z]{2,24}|\\d{1,3}(?:\\.\\d{1,3}){3})(?![a-z0-9@])(?::\\d{1,5})?(?:[/?#][^${END}]*)?`,
  "i",
);
const IN_LETTERS = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?::\d{1,5})?(?:[/?#]\S*)?$/u;
const CHINESE_ENDINGS =
  /\.(?:公司|网络|中国|中國|在线|中文网|网址|网站|集团|商城|商店|我爱你|手机|移动|政务|公益|信息|娱乐|购物|招聘|企业|时尚|餐厅|世界|游戏|佛山|广东|香港|台湾|台灣)(?:[:/?#]|$)/u;

/**
 * The address in a line of text, or null where there is none. Full-width letters, hxxp, [.], a Chinese full stop for
 * the dot, ports, paths and words around it are dealt with.
 */
export function readSite(value: string): SiteAddress | null {
  const text = undefang(String(cleanText(value)));
  const found = WITH_SCHEME.exec(text)?.[0] ?? BARE.exec(text)?.[0] ?? wholly(text);
  if (found === null) return null;
  const address = found.replace(/[.,;:!?)\]]+$/, "");
  const host = hostOf(address);
  return host === null ? null : { address, host };
}

/** The host of the address in a line of text, or null where there is none. */
export function siteHost(value: string): string | null {
  return readSite(value)?.host ?? null;
}

/** How people write an address so that nobody opens it by mistake, undone. */
function undefang(text: string): string {
  return text
    .replace(/h(?:xx|\*\*|tt)p(s?)\s*(?:\[:\]|:)?\s*(?:\/\/|\\\\)/gi, "http$1://")
    .replace(/\s*(?:\[\s*(?:\.|dot|点)\s*\]|\(\s*(?:\.|dot|点)\s*\)|\{\s*(?:\.|dot)\s*\})\s*/gi, ".")
    .replace(/(?<=[a-z0-9])\s*。\s*(?=[a-z0-9])/gi, ".")
    .replace(/(?<=[a-z0-9])点(?=[a-z]{2,6}(?![a-z]))/gi, ".");
}

/** A name of letters of any script (鑫利.公司, 鑫利.com) stands alone: in a sentence nobody could tell where it begins. */
function wholly(text: string): string | null {
  const plain = text.replaceAll("。", ".").replace(/\.+$/, "");
  if (!IN_LETTERS.test(plain)) return null;
  return CHINESE_ENDINGS.test(plain) || /\.[a-z]{2,24}(?:[:/?#]|$)/i.test(plain) ? plain : null;
}

function hostOf(address: string): string | null {
  try {
    const url = new URL(/^https?:\/\//i.test(address) ? address : `http://${address}`);
    const host = url.hostname
      .toLowerCase()
      .replace(/\.$/, "")
      .replace(/^www\.(?=.*\.)/, "");
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)) return null;
    // A browser reads `1.5` as 1.0.0.5; a reporter means a number.
    return /^[\d.]+$/.test(host) && !address.includes(host) ? null : host;
  } catch {
    return null;
  }
}

const STORES: readonly {
  readonly host: RegExp;
  readonly store: string;
  readonly id: (url: URL) => string | null | undefined;
}[] = [
  {
    host: /^(apps|itunes)\.apple\.com$/,
    store: "apple",
    id: ({ pathname }) => /\/id(\d{4,15})/.exec(pathname)?.[1],
  },
  { host: /^play\.google\.com$/, store: "android", id: ({ searchParams }) => searchParams.get("id") },
  { host: /^a\.app\.qq\.com$/, store: "android", id: ({ searchParams }) => searchParams.get("pkgname") },
  {
    host: /^sj\.qq\.com$/,
    store: "android",
    id: ({ pathname }) => /\/appdetail\/([\w.]+)/.exec(pathname)?.[1],
  },
  {
    host: /^(appgallery|appstore)\.huawei\.com$/,
    store: "huawei",
    id: ({ pathname }) => /\/app\/(C\d+)/i.exec(pathname)?.[1],
  },
  { host: /^app\.mi\.com$/, store: "android", id: ({ searchParams }) => searchParams.get("id") },
];

/** What an app store's link names: `apple:id414478124`, `android:com.example.app`; null for any other address. */
export function storeApp(site: SiteAddress): string | null {
  const store = STORES.find(({ host }) => host.test(site.host));
  if (store === undefined) return null;
  const url = new URL(/^https?:\/\//i.test(site.address) ? site.address : `http://${site.address}`);
  const id = store.id(url);
  return id && /^[\w.]{3,150}$/.test(id)
    ? `${store.store}:${store.store === "apple" ? "id" : ""}${id.toLowerCase()}`
    : null;
}

const MISTYPED: Readonly<Record<string, string>> = {
  con: "com",
  cmo: "com",
  ocm: "com",
  comm: "com",
  cpm: "com",
  vom: "com",
  nte: "net",
  ner: "net",
  cm: "com",
  om: "com",
};

/** A likelier spelling of an address whose ending looks mistyped (`.con`), or null. */
export function likelierHost(host: string): string | null {
  const ending = host.split(".").at(-1) ?? "";
  const better = MISTYPED[ending];
  return better === undefined ? null : `${host.slice(0, -ending.length)}${better}`;
}
