import type { Channel } from "~server/intake/channels";

/** The ways a report comes that are not the reporter's own hand, by the names their offices use. */
export const CHANNEL_NAMES = {
  hotline: "举报热线",
  letter: "来信",
  visit: "来访",
  fax: "传真",
  email: "电子邮件",
  wechat: "微信“打非随手拍”",
  hotline_12345: "12345 热线",
  credit_china: "信用中国",
  nifa: "中国互联网金融协会",
} as const satisfies Record<Exclude<Channel, "web">, string>;

export type DeskChannel = keyof typeof CHANNEL_NAMES;
export const DESK_CHANNELS = Object.keys(CHANNEL_NAMES) as DeskChannel[];

export function isDeskChannel(value: string): value is DeskChannel {
  return Object.hasOwn(CHANNEL_NAMES, value);
}

const OTHER_NAMES: Record<string, DeskChannel> = {
  热线: "hotline",
  电话: "hotline",
  信件: "letter",
  信访: "letter",
  邮件: "email",
  邮箱: "email",
  微信: "wechat",
  打非随手拍: "wechat",
  "12345": "hotline_12345",
  "12345热线": "hotline_12345",
  互金协会: "nifa",
  互联网金融协会: "nifa",
};

/** A channel by its id or any name in use; null for none. */
export function readChannel(text: string): DeskChannel | null {
  const plain = fold(text);
  if (isDeskChannel(plain)) return plain;
  const named = DESK_CHANNELS.find((id) => fold(CHANNEL_NAMES[id]) === plain);
  return named ?? OTHER_NAMES[plain] ?? null;
}

function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s“”"'-]/g, "");
}
