/** The queue of reports set apart as possible spam. */
export const staffSpam = {
  title: "疑似垃圾",
  lead: "提交时没有完成防刷验证，或者同一来源短时间内大量提交的举报列在这里，不进看板。举报人看到的与别人一样。请逐条判定，拿不准的按举报处理。",
  count: { suspected: "待判定 {{count}} 条", confirmed: "已判为垃圾 {{count}} 条" },
  showConfirmed: "查看已判为垃圾的",
  showSuspected: "返回待判定的",
  list: "待判定的举报",
  tick: "选中第 {{rank}} 条：{{name}}",
  unnamed: "{{day}}收到，没有填写名称",
  why: { no_work: "提交时没有完成防刷验证", flood: "同一来源当天大量提交" },
  report: "是举报",
  spam: "是垃圾",
  ticked: "选中的：",
  reportTicked: "都是举报",
  spamTicked: "都是垃圾",
  placed: "已作为举报归入",
  results: "已处理 {{count}} 条，结果如下：",
  judgedSpam: "已判为垃圾。",
  empty: {
    suspected: "没有待判定的举报。提交时没有完成验证的举报会出现在这里。",
    confirmed: "没有判为垃圾的举报。",
  },
} as const;
