/** Mails to reporters. They say that there is news and nothing of what it is about. Read by the server alone. */
export const mailZh = {
  subject: "您有一条新消息",
  body: [
    "您好：",
    "",
    "您曾在本平台留下这个邮箱，用于接收提醒。现在有新消息。",
    "",
    "请打开平台，在“查询进度”中输入您的回执查看：",
    "{{address}}",
    "",
    "我们不会通过邮件、电话或短信向您索要回执、验证码或钱款。本邮件不含任何办理内容，请勿回复。",
    "如果您没有留过邮箱，请忽略本邮件。",
  ],
} as const;
