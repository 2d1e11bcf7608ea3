import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { Task, TaskList } from "~server/intake/list-tasks.server";
import { nameStep } from "./AnswerList";
import css from "./TaskOverview.module.css";

/** Every page with its state, by part; each can be opened, in any order. */
export function TaskOverview({ list }: { list: TaskList }) {
  const { t } = useTranslation();
  return (
    <ol className={css.parts}>
      {list.parts.map(({ part, tasks }) => (
        <li key={part}>
          <h2 className={css.title}>{t(`report.overview.parts.${part}`)}</h2>
          <ul className={css.tasks}>
            {tasks.map((task) => (
              <OneTask key={task.step} task={task} files={list.files} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function OneTask({ task: { step, state, again }, files }: { task: Task; files: number }) {
  const { t } = useTranslation();
  return (
    <li className={css.task}>
      <span className={css.what}>
        <a
          href={paths.reportFromOverview(step)}
          className={css.name}
          aria-describedby={`state-${step}${again === null ? "" : ` again-${step}`}`}
        >
          {nameStep(t, step)}
        </a>
        {again === null ? null : (
          <span id={`again-${step}`} className={css.again}>
            {t(`report.again.${again}`)}
          </span>
        )}
      </span>
      <span id={`state-${step}`} className={css.state} data-state={state}>
        {step === "evidence" && files > 0
          ? t("report.overview.files", { count: files })
          : t(`report.overview.states.${state}`)}
      </span>
    </li>
  );
}
