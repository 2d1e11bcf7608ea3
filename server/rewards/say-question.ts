import { listCriteria, OTHER_SCHEME, USEFUL, type Question } from "./list-questions";

const SPLITS: Readonly<Record<string, string>> = {
  equal: "平均分配",
  agreed: "按联名约定的比例分配",
  contribution: "按各自的贡献分配",
};

/** A stored question in words, from the scheme it was asked under. */
export function sayQuestion(
  question: string,
  questions: readonly Question[],
  grades: readonly {
    readonly grade: number;
    readonly title: { zh: string };
    readonly criteria: { zh: string };
  }[],
): string {
  const [kind = "", first = "", second] = question.split(":");
  const known = questions.find(({ id }) => id === question);
  if (known !== undefined) return known.title;
  if (kind === "grade") {
    const grade = grades.find((each) => String(each.grade) === first);
    if (second === undefined) return `认定为${grade?.title.zh ?? first}`;
    return `符合：${listCriteria(grade?.criteria.zh ?? "")[Number(second)] ?? second}`;
  }
  if (kind === "split") return SPLITS[first] ?? question;
  if (kind === OTHER_SCHEME) return "不按本地施行的办法核算";
  if (kind === "range") return "在办法规定的幅度内选择";
  return question === USEFUL ? "提供了有用的线索" : "举报人撤回了举报";
}
