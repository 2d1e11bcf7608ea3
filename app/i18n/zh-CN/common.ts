export const common = {
  site: {
    name: "非法集资与非法互联网金融举报平台",
    short: "金融风险举报平台",
    demo: "演示平台：数据均为虚构，请勿提交真实线索。",
    skip: "跳到主要内容",
    quickExit: "快速离开",
    quickExitHint: "连按三次 Esc 键",
    elder: "关怀版",
    elderOff: "标准版",
    otherLanguage: "English",
    languageLabel: "切换语言",
  },
  nav: { label: "页脚", privacy: "隐私", hotlines: "举报电话", rewards: "奖励办法", home: "首页" },
  error: {
    title: "暂时无法处理",
    notFoundTitle: "没有找到这个页面",
    body: "您填写的内容没有丢失。请稍后刷新本页再试。",
    notFoundBody: "网址可能输错了，或者页面已经移走。请从首页进入。",
    home: "返回首页",
    prefix: "错误：",
    summary: "请修改下面 {{count}} 处",
  },
} as const;
