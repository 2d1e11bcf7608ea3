/** How a report reached the office; `web` is the reporter's own hand. */
export const CHANNELS = [
  "web",
  "hotline",
  "letter",
  "visit",
  "fax",
  "email",
  "wechat",
  "hotline_12345",
  "credit_china",
  "nifa",
] as const;
export type Channel = (typeof CHANNELS)[number];

export function isChannel(value: string): value is Channel {
  return (CHANNELS as readonly string[]).includes(value);
}
