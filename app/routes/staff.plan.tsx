import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextField } from "~/components/staff/Field";
import { Notice } from "~/components/staff/Notice";
import { PlanBodies } from "~/components/staff/plan/PlanBodies";
import { PlanHistory } from "~/components/staff/plan/PlanHistory";
import { PlanPhases } from "~/components/staff/plan/PlanPhases";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { PackChoice } from "~/components/staff/PackChoice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { formText } from "~/forms/form-text";
import { movePhaseSchema, openRoundSchema, recordStateSchema } from "~/forms/plan";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay, chinaYear } from "~server/clock";
import { carryOut, type FormOutcome } from "~server/clocks/carry-out.server";
import { packOptions } from "~server/packs/list-options";
import { readForm } from "~server/intake/read-form.server";
import { endRound, movePhase, openRound, recordState } from "~server/plan/keep-round.server";
import { listPlan } from "~server/plan/list-plan.server";
import { lastDayOf } from "~server/plan/phase-days";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";
import type { Portal } from "~server/portal.server";

const query = z.object({
  pack: z.string().max(60).catch(""),
  phase: z.uuid().nullable().catch(null),
  done: z.enum(["opened", "ended", "moved", "recorded"]).nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.plan.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock, packs } = context.portal;
  const params = new URL(request.url).searchParams;
  const asked = query.parse({
    pack: params.get("pack"),
    phase: params.get("phase"),
    done: params.get("done"),
  });
  const { pack } = packs.of(asked.pack);
  const at = clock.now();
  const today = chinaDay(at);
  const view = await answerRefusals(listPlan(db, { pack, phaseId: asked.phase, at }, actor));
  const first = pack.dates.map(({ due }) => lastDayOf(due)).sort()[0];
  return {
    asked: { ...asked, pack: pack.id },
    packs: packOptions(packs.all()),
    today,
    keeps: hasRole(actor, "triage_officer"),
    document: pack.document,
    past: pack.dates.every(({ due }) => lastDayOf(due) < today),
    dates: pack.dates.map(({ id, task, due, printed }) => ({
      id,
      title: task.zh,
      due,
      printed: printed ?? null,
    })),
    offset: first === undefined ? 0 : Math.max(0, chinaYear(at) - Number(first.slice(0, 4))),
    ...view,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const asked = new URL(request.url).searchParams.get("pack") ?? "";
  const outcome = await act(context.portal, asked, await readForm(request), actorOf(context));
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

async function act(
  { db, clock, packs }: Portal,
  packId: string,
  form: FormData,
  actor: StaffActor,
): Promise<FormOutcome> {
  const at = clock.now();
  const { pack } = packs.of(packId);
  const own: Record<string, string> = packs.all().length > 1 ? { pack: pack.id } : {};
  const here = (query: Readonly<Record<string, string>>) => paths.staff.plan({ ...own, ...query });
  switch (formText(form, "intent")) {
    case "phase":
      return carryOut(
        { form, schema: movePhaseSchema, intent: "phase", of: ["deadlineId"] },
        async (value) => {
          await movePhase(db, { ...value, at }, actor);
          return here({ done: "moved", phase: value.deadlineId });
        },
      );
    case "state":
      return carryOut(
        { form, schema: recordStateSchema, intent: "state", of: ["agencyId"] },
        async (value) => {
          await recordState(db, { ...value, pack, at }, actor);
          return here({ done: "recorded", phase: value.deadlineId });
        },
      );
    case "end": {
      const ended = await catchRefusal(endRound(db, { packId: pack.id, at }, actor));
      if (ended.ok) return { ok: true, to: here({ done: "ended" }) };
      const failed = { form: "end", state: { values: {}, errors: {} }, refusal: ended.refusal.publicMessage };
      return { ok: false, status: ended.refusal.status, failed };
    }
    default:
      return carryOut({ form, schema: openRoundSchema, intent: "round" }, async (value) => {
        await openRound(db, { pack, ...value, at }, actor);
        return here({ done: "opened" });
      });
  }
}

export const shouldRevalidate = () => true;

export default function Plan() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { asked, round } = view;
  const own: Record<string, string> = view.packs.length > 1 ? { pack: asked.pack } : {};
  const phase = view.phases.find(({ id }) => id === asked.phase) ?? null;
  const opening = failed?.form === "round" ? failed : null;
  return (
    <>
      <h1>{t("plan.title")}</h1>
      <p className={controls.muted}>{t("plan.lead")}</p>
      <PackChoice packs={view.packs} value={asked.pack} />
      {failed === null && asked.done !== null && <Notice>{t(`plan.done.${asked.done}`)}</Notice>}
      {failed?.form === "end" && <ErrorSummary form="end" refusal={failed.refusal} />}
      {round !== null && phase === null && (
        <PlanPhases
          own={own}
          title={round.title}
          phases={view.phases}
          today={view.today}
          keeps={view.keeps}
        />
      )}
      {phase !== null && (
        <PlanBodies
          phase={phase}
          bodies={view.bodies}
          today={view.today}
          keeps={view.keeps}
          failed={failed}
        />
      )}
      {round === null && <p className={controls.empty}>{t("plan.noRound")}</p>}
      {(round === null || opening !== null) && view.keeps && (
        <section className={controls.card} aria-labelledby="open-title">
          <h2 id="open-title">{t("plan.open")}</h2>
          <p className={controls.muted}>{t("plan.openLead")}</p>
          <Form method="post">
            <ErrorSummary form="round" state={opening?.state} refusal={opening?.refusal} />
            <input type="hidden" name="intent" value="round" />
            <TextField
              form="round"
              name="title"
              label={t("plan.roundTitle")}
              hint={t("plan.roundTitleHint")}
              maxLength={60}
              state={opening?.state}
            />
            <TextField
              form="round"
              name="years"
              label={t("plan.years")}
              hint={t("plan.yearsHint")}
              inputMode="numeric"
              maxLength={2}
              value={String(view.offset)}
              state={opening?.state}
            />
            <SubmitButton>{t("plan.openSubmit")}</SubmitButton>
          </Form>
        </section>
      )}
      {phase === null && <PlanHistory document={view.document} dates={view.dates} past={view.past} />}
      {phase !== null && (
        <p>
          <Link to={paths.staff.plan(own)}>{t("plan.back")}</Link>
        </p>
      )}
    </>
  );
}
