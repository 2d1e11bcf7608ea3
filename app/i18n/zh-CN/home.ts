export const home = {
  title: "首页",
  heading: "发现非法集资或者非法金融平台，请告诉我们",
  purpose: "不用注册。写下您知道的情况，拿一张回执，凭回执随时查进度。",
  report: "我要举报",
  status: "查询进度",
  promises: {
    title: "您放心的三件事",
    anonymous: {
      title: "可以匿名",
      body: "不问姓名，不记 IP 地址，不记您用什么手机和浏览器。",
      proof: "我们不记录什么",
    },
    secret: {
      title: "全程保密",
      body: "情况说明和联系方式加密保存，与被举报平台的信息分开。",
      proof: "怎样保存，谁能看",
    },
    reward: {
      title: "查实有奖",
      body: "奖金按公开的办法计算，每一步都写明依据。匿名也有奖。",
      proof: "奖励办法",
    },
  },
  sectors: { title: "可以举报什么", lead: "拿不准也没关系，填写时可以选“不确定”。", others: "还可以举报" },
  hotlines: { title: "也可以打电话", more: "全部举报电话", fictitious: "演示号码，打不通" },
} as const;
