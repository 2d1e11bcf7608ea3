import type { Contradiction } from "~server/routing/contradictions";

/** What does not fit in the facts of a lead, said beside its decision; `value` is the fact as given, `office` who takes over. */
export const staffContradictions = {
  licence_nobody_gives:
    "{{sector}}：业务实质写的是“{{value}}”，没有部门发这种牌照，却又写着有牌照。请核实哪一项写错了，核实前由{{office}}判断。",
  several_substances:
    "{{sector}}：业务实质写的是“{{value}}”，分属不同部门，却没有写嵌套复杂。请核实主要是哪一种，核实前由{{office}}判断。",
  unlisted_substance: "{{sector}}：方案没有列出“{{value}}”这种业务实质，请核对写法。",
  substance_of_another_sector: "{{sector}}：业务实质“{{value}}”属于别的领域，请核对领域是否选对。",
  unknown_beside_known: "既选了“不确定”，又选了具体领域，请确认是否还需要“不确定”。",
  unlisted_place: "地点代码“{{value}}”不在行政区划表和方案的名单里，请核对。",
} satisfies Record<Contradiction["kind"], string>;
