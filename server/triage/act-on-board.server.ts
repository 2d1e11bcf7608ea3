import { assignSchema, optionsSchema, readPicks, viewSchema } from "~/forms/board-acts";
import { boardQuery, filtersOf, viewQuery } from "~/forms/board-view";
import { moveSchema } from "~/forms/move";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { shownVersion } from "~/forms/form-fields";
import { paths } from "~/paths";
import { staffZh } from "~/i18n/zh-CN/staff";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { assignLead } from "./assign-lead.server";
import { freezeSet } from "./freeze-set.server";
import { listChanges, type LeadChange } from "./list-changes.server";
import { moveLead } from "./move-lead.server";
import { readLeadNumber } from "./read-lead-number.server";
import { removeView, saveView, setHabits } from "./save-view.server";
import { setBoardOptions } from "./set-board-options.server";

/** What was not done, with what was typed; `changes` says what others saved since the version shown. */
export type BoardFailure = {
  readonly intent: string;
  readonly leadId: string;
  readonly number: number | null;
  readonly to: string;
  readonly refusal: string | null;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly changes: readonly LeadChange[];
};

export type BoardOutcome =
  | { readonly ok: true; readonly to: string }
  | { readonly ok: false; readonly status: number; readonly failed: BoardFailure };

type Asked = {
  portal: Portal;
  form: FormData;
  values: FormValues;
  params: URLSearchParams;
  actor: StaffActor;
};

/** Carries out one posted form of the board and says where to go next, or what to show again. */
export async function actOnBoard(
  portal: Portal,
  input: { form: FormData; params: URLSearchParams },
  actor: StaffActor,
): Promise<BoardOutcome> {
  const asked = { portal, ...input, values: formValues(input.form), actor };
  switch (textOf(asked.values, "intent")) {
    case "assign":
      return assign(asked);
    case "freeze":
    case "freezeAll":
      return freeze(asked);
    case "saveView":
      return keepView(asked);
    case "removeView":
      await removeView(portal.db, textOf(asked.values, "viewId"), actor);
      return { ok: true, to: boardUrl(asked.params) };
    case "habits":
      await setHabits(
        portal.db,
        {
          defaultViewId: textOf(asked.values, "defaultViewId") || null,
          shortcutsOff: textOf(asked.values, "shortcuts") !== "yes",
        },
        actor,
      );
      return { ok: true, to: boardUrl(asked.params) };
    case "options":
      return options(asked);
    default:
      return move(asked);
  }
}

async function move(asked: Asked): Promise<BoardOutcome> {
  const { portal, form, values, actor } = asked;
  const leadId = textOf(values, "leadId");
  const number = await readLeadNumber(portal.db, leadId, actor);
  const lead = { leadId, number, to: textOf(values, "to") };
  // What the move asked for needs is the domain's to say, in a sentence.
  const parsed = parseForm(moveSchema([]), form);
  if (!parsed.ok) {
    return failure(asked, { ...lead, status: 400, refusal: staffZh.forms.errors.version });
  }
  const { version } = parsed.value;
  const at = portal.clock.now();
  const moved = await catchRefusal(moveLead(portal.db, { leadId, ...parsed.value, at }, actor));
  if (!moved.ok)
    return failure(asked, { ...lead, version, ...moved.refusal, refusal: moved.refusal.publicMessage });
  return {
    ok: true,
    to: boardUrl(asked.params, { moved: String(number), to: moved.value.stage }),
  };
}

async function assign(asked: Asked): Promise<BoardOutcome> {
  const { portal, form, values, params, actor } = asked;
  const leadId = textOf(values, "leadId");
  const number = await readLeadNumber(portal.db, leadId, actor);
  const lead = { leadId, number, to: "" };
  const parsed = parseForm(assignSchema, form);
  if (!parsed.ok) return failure(asked, { ...lead, status: 400, refusal: null, errors: parsed.errors });
  const shown = shownVersion.safeParse(textOf(values, "version"));
  const version = shown.success ? shown.data : null;
  const at = portal.clock.now();
  const done = await catchRefusal(
    assignLead(portal.db, { leadId, version, to: parsed.value.assignee, at }, actor),
  );
  if (!done.ok) {
    return failure(asked, {
      ...lead,
      ...(version === null ? {} : { version }),
      ...done.refusal,
      refusal: done.refusal.publicMessage,
    });
  }
  if (textOf(values, "back") === "lead") return { ok: true, to: `${paths.staff.lead(leadId)}#assignees` };
  return { ok: true, to: boardUrl(params, { assigned: String(number) }) };
}

async function freeze(asked: Asked): Promise<BoardOutcome> {
  const { portal, form, values, params, actor } = asked;
  const at = portal.clock.now();
  const picks = readPicks(form.getAll("pick").filter((pick) => typeof pick === "string"));
  const query = boardQuery.parse(Object.fromEntries(params));
  const all = textOf(values, "intent") === "freezeAll";
  const done = await catchRefusal(
    freezeSet(
      portal.db,
      {
        picks,
        ...(all
          ? {
              allOf: {
                filters: filtersOf(query, chinaDay(at), actor.id),
                sort: query.sort,
                stage: query.stage,
              },
            }
          : {}),
        setId: params.get("set"),
        at,
      },
      actor,
    ),
  );
  if (!done.ok) {
    return failure(asked, {
      leadId: "",
      number: null,
      to: "",
      ...done.refusal,
      refusal: done.refusal.publicMessage,
    });
  }
  // 继续选择 keeps the board, with the set in its address.
  if (textOf(values, "then") === "more") return { ok: true, to: boardUrl(params, { set: done.value.setId }) };
  return { ok: true, to: paths.staff.bulk(done.value.setId) };
}

async function keepView(asked: Asked): Promise<BoardOutcome> {
  const { portal, form, params, actor } = asked;
  const parsed = parseForm(viewSchema, form);
  const about = { leadId: "", number: null, to: "" };
  if (!parsed.ok) return failure(asked, { ...about, status: 400, refusal: null, errors: parsed.errors });
  const query = viewQuery(params);
  const at = portal.clock.now();
  const done = await catchRefusal(saveView(portal.db, { ...parsed.value, query, at }, actor));
  if (!done.ok) return failure(asked, { ...about, ...done.refusal, refusal: done.refusal.publicMessage });
  return { ok: true, to: boardUrl(params, { saved: "yes" }) };
}

async function options(asked: Asked): Promise<BoardOutcome> {
  const { portal, form, params, actor } = asked;
  const parsed = parseForm(optionsSchema, form);
  const about = { leadId: "", number: null, to: "" };
  if (!parsed.ok) return failure(asked, { ...about, status: 400, refusal: null, errors: parsed.errors });
  const { personLimit, inTurn, ...stages } = parsed.value;
  const stageLimits = Object.fromEntries(
    Object.entries(stages).flatMap(([stage, limit]) => (limit === null ? [] : [[stage, limit] as const])),
  );
  await setBoardOptions(portal.db, { stageLimits, personLimit, inTurn, at: portal.clock.now() }, actor);
  return { ok: true, to: boardUrl(params) };
}

async function failure(
  asked: Asked,
  about: {
    leadId: string;
    number: number | null;
    to: string;
    status: number;
    code?: string;
    refusal: string | null;
    errors?: Readonly<Record<string, string>>;
    version?: number;
  },
): Promise<BoardOutcome> {
  const { leadId, number, to, status, refusal } = about;
  const changes =
    about.code === "stale_lead" && about.version !== undefined
      ? await listChanges(asked.portal.db, { leadId, since: about.version }, asked.actor)
      : [];
  const { pick: _chosen, ...values } = asked.values;
  return {
    ok: false,
    status,
    failed: {
      intent: textOf(asked.values, "intent") || "move",
      ...{ leadId, number, to, refusal, changes },
      state: { values, errors: about.errors ?? {} },
    },
  };
}

/** What only told of the last act, and is no part of a view. */
const OF_THE_MOMENT = ["moved", "to", "recused", "assigned", "saved", "move", "_data", "index", "_routes"];

/** The same view, with what this act has to tell; `?view=all` where a bare address would be the default view. */
export function boardUrl(params: URLSearchParams, told: Record<string, string> = {}): string {
  const kept = new URLSearchParams(boardSearch(params));
  for (const [name, value] of Object.entries(told)) kept.set(name, value);
  return kept.size === 0 ? paths.staff.board() : `${paths.staff.board()}?${kept.toString()}`;
}

export function boardSearch(params: URLSearchParams): string {
  const kept = new URLSearchParams(params);
  for (const [name, value] of params) if (value === "" || OF_THE_MOMENT.includes(name)) kept.delete(name);
  return kept.size === 0 ? "" : `?${kept.toString()}`;
}
