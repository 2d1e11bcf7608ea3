/** Mails to staff: a lead's number and a page, nothing of what a report says or whom it is about. Read by the server alone. */
export const staffMailTexts = {
  enrolment: {
    subject: "工作台通行密钥登记链接",
    body: [
      "请在自己的设备上打开下面的链接，登记通行密钥。链接只能用一次，请勿转发。",
      "",
      "{{link}}",
      "",
      "有效期至 {{until}}（北京时间）。不是您本人申请的，请告诉管理员。",
    ],
  },
  near: {
    subject: "线索 {{number}} 的{{clock}}将到期",
    body: ["线索 {{number}} 的{{clock}}为 {{due}}，请按期办理。", "", "{{link}}"],
  },
  passed: {
    subject: "线索 {{number}} 的{{clock}}已过",
    body: ["线索 {{number}} 的{{clock}}为 {{due}}，已经超期，请尽快办理。", "", "{{link}}"],
  },
  escalated: {
    subject: "督办提示：线索 {{number}} 的{{clock}}已过多日",
    body: [
      "线索 {{number}} 的{{clock}}为 {{due}}，超期已达督办标准。请承办单位说明情况，请领导小组办公室督办。",
      "",
      "{{link}}",
    ],
  },
  supervision: {
    subject: "督办〔{{year}}〕{{no}}号，请于{{due}}前答复",
    body: ["您单位收到督办〔{{year}}〕{{no}}号，请于{{due}}前在工作台答复。", "", "{{link}}"],
  },
  calendar: {
    subject: "{{year}} 年放假安排已录入，期限重新计算",
    body: ["{{document}}已录入工作日历，您单位承办的部分线索截止日期随之调整，请查看。", "", "{{link}}"],
  },
  budget: {
    subject: "{{source}} {{year}} 年预算已使用 {{percent}}%",
    body: [
      "{{source}} {{year}} 年奖励预算已承诺和列支的金额达到批准额度的 {{percent}}%。需要追加的，请及时提出调整。",
      "",
      "{{link}}",
    ],
  },
  view: {
    subject: "您保存的一个看板视图超过了提醒条数",
    body: [
      "您保存的一个看板视图，线索条数超过了您设置的提醒条数。请登录工作台，在看板上方查看标有提醒的视图。",
      "",
      "{{link}}",
      "",
      "条数回落以后再次超过，才会再次提醒。不需要提醒的，可以在看板上删除这个视图。",
    ],
  },
  planNear: {
    subject: "“{{phase}}”将于{{due}}到期",
    body: ["本轮整治“{{phase}}”阶段将于{{due}}到期，请按期完成并报告领导小组办公室。", "", "{{link}}"],
  },
  planPassed: {
    subject: "“{{phase}}”已于{{due}}到期",
    body: ["本轮整治“{{phase}}”阶段已于{{due}}到期，还没有登记完成的请尽快报告。", "", "{{link}}"],
  },
  major: {
    subject: "线索 {{number}} 达到重大线索标准",
    body: ["线索 {{number}} 达到重大线索标准，已标为重大，请尽快研判并报告。", "", "{{link}}"],
  },
  officeAlert: {
    subject: "线索 {{number}} 有一条新的预警",
    body: ["线索 {{number}} 有一条新的预警，请登录工作台在预警页查看，并尽快研判。", "", "{{link}}"],
  },
  asked: {
    subject: "线索 {{number}} 有需要您办理的会商事项",
    body: ["线索 {{number}} 有需要您办理的会商事项，请登录工作台查看。", "", "{{link}}"],
  },
  reminded: {
    subject: "提醒：线索 {{number}} 有需要您办理的会商事项",
    body: ["线索 {{number}} 的会商事项还在等您办理，请尽快登录工作台查看。", "", "{{link}}"],
  },
  decided: {
    subject: "线索 {{number}} 的会商已有结果",
    body: ["线索 {{number}} 的会商已有结果，请登录工作台查看。", "", "{{link}}"],
  },
  clocks: {
    accept: "受理期限",
    handle: "办理期限",
    rectify: "整改期限",
    follow_up: "回头看日期",
    preservation: "先行登记保存的处理期限",
    repayment_plan: "兑付方案期限",
    answer: "函件回复期限",
  },
} as const;
