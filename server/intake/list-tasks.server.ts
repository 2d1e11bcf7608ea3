import {
  PARTS,
  isAnswerStep,
  mayStayEmpty,
  stepsFor,
  type AnswerStep,
  type Part,
  type RawAnswers,
  type Step,
} from "~/forms/report";
import { askAgain, type Again } from "./ask-again.server";
import { checkStep, type Ground } from "./check-step.server";

/** `again`: it was answered, and no longer fits what was answered since. */
export type TaskState = "done" | "todo" | "mend" | "again" | "optional";
export type Task = { readonly step: Step; readonly state: TaskState; readonly again: Again | null };
export type TaskList = {
  readonly parts: readonly { readonly part: Part; readonly tasks: readonly Task[] }[];
  /** How many pages still keep the report from being sent. */
  readonly open: number;
  /** How many files go with the report. */
  readonly files: number;
};

/** Every page this reporter is asked, by part, and how far each is; `files` are stored in the draft. */
export function listTasks(ground: Ground, raw: RawAnswers, files: number): TaskList {
  const steps = stepsFor(raw);
  const parts = (Object.keys(PARTS) as Part[]).map((part) => {
    const own: readonly Step[] = PARTS[part];
    return {
      part,
      tasks: steps.filter((step) => own.includes(step)).map((step) => taskOf(ground, step, raw, files)),
    };
  });
  const open = parts
    .flatMap(({ tasks }) => tasks)
    .filter(({ state }) => state === "todo" || state === "mend" || state === "again").length;
  return { parts, open, files };
}

function taskOf(ground: Ground, step: Step, raw: RawAnswers, files: number): Task {
  if (!isAnswerStep(step)) return { step, state: files > 0 ? "done" : "optional", again: null };
  const passes = Object.keys(checkStep(ground, step, raw)).length === 0;
  const again = passes ? null : askAgain(ground.pack, step, raw);
  return { step, state: stateOf(step, raw, passes, again), again };
}

function stateOf(step: AnswerStep, raw: RawAnswers, passes: boolean, again: Again | null): TaskState {
  const filled = Object.values(raw[step] ?? {}).some((value) => value.length > 0);
  if (passes) return !filled && mayStayEmpty(step, raw) ? "optional" : "done";
  if (again !== null) return "again";
  return filled ? "mend" : "todo";
}
