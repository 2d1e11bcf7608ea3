import { DESK_CHANNELS, isDeskChannel, type DeskChannel } from "~/forms/desk";
import { staffLead } from "~/i18n/zh-CN/staff-lead";

/** What their offices call the ways a report comes by. */
export const CHANNEL_NAMES: Record<DeskChannel, string> = staffLead.channels;

const OTHER_NAMES: Record<string, DeskChannel> = {
  热线: "hotline",
  电话: "hotline",
  信件: "letter",
  信访: "letter",
  邮件: "email",
  邮箱: "email",
  微信: "wechat",
  微信打非随手拍: "wechat",
  "12345": "hotline_12345",
  "12345热线": "hotline_12345",
  互金协会: "nifa",
  互联网金融协会: "nifa",
};

/** Asked twice of each row of a file. */
const known = new Map<string, DeskChannel>([
  ...Object.entries(OTHER_NAMES),
  ...DESK_CHANNELS.map((id) => [fold(CHANNEL_NAMES[id]), id] as const),
]);

/** A channel by its id or any name in use; null for none. */
export function readChannel(text: string): DeskChannel | null {
  const plain = fold(text);
  return isDeskChannel(plain) ? plain : (known.get(plain) ?? null);
}

function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s“”"'-]/g, "");
}
