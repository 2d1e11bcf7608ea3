import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextField } from "~/components/staff/Field";
import { InviteForm } from "~/components/staff/InviteForm";
import { Notice } from "~/components/staff/Notice";
import { OneTimeLink } from "~/components/staff/OneTimeLink";
import { Pager } from "~/components/staff/Pager";
import { PeopleTable } from "~/components/staff/PeopleTable";
import { RoleRequests } from "~/components/staff/RoleRequests";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { agencyOptions, agencyOptionsOf, type Option } from "~server/packs/list-options";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { PEOPLE_PER_PAGE, listPeople, type Person } from "~server/staff-auth/list-people.server";
import { listRoleRequests } from "~server/staff-auth/list-role-requests.server";
import { managePeople } from "~server/staff-auth/manage-people.server";
import { PEOPLE_DONE } from "~server/staff-auth/people-done";
import { ROLES } from "~server/staff-auth/roles";

const query = z.object({
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
  search: queryText(60),
  done: z.enum(PEOPLE_DONE).nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.people.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { people, total } = await answerRefusals(listPeople(db, { ...asked, clock }, actor));
  const requests = await answerRefusals(listRoleRequests(db, actor));
  const today = chinaDay(clock.now());
  const agencies = agencyOptionsOf(packs.all(), today);
  return {
    asked,
    people: byBodyAndRole(
      people,
      packs.all().flatMap(({ pack }) => agencyOptions(pack, today)),
    ),
    requests,
    total,
    pages: Math.ceil(total / PEOPLE_PER_PAGE),
    agencies,
    administers: hasRole(actor, "administrator"),
    byPasskey: actor.method === "passkey",
    ownId: actor.id,
  };
}

/** A page's people in the pack's order of bodies, then by their first role; otherwise by name, as they came. */
function byBodyAndRole(people: readonly Person[], agencies: readonly Option[]): Person[] {
  const bodies = new Map(agencies.map(({ label }, at) => [label, at]));
  const body = (one: Person) => bodies.get(one.agencyName) ?? bodies.size;
  const role = (one: Person) => Math.min(ROLES.length, ...one.roles.map((held) => ROLES.indexOf(held.role)));
  return people.toSorted((a, b) => body(a) - body(b) || role(a) - role(b));
}

/** A fresh link is answered at once and never again: it is in no URL, and a reload asks for another. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const outcome = await answerRefusals(managePeople(context.portal, await readForm(request), actor));
  if (outcome.kind === "done") throw redirect(`${paths.staff.people()}?done=${outcome.done}`);
  return data(outcome, { status: outcome.kind === "link" ? 200 : outcome.status });
}

export default function People() {
  const view = useLoaderData<typeof loader>();
  const answered = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const failed = answered?.kind === "failed" ? answered : null;
  const manages = view.administers && view.byPasskey;
  const answering = failed?.intent === "confirm" || failed?.intent === "refuse";
  const { search, done } = view.asked;
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("people.title")}</h1>
        <p className={controls.muted}>
          {t("people.total", { count: view.total })} ·{" "}
          <Link to={paths.staff.access()}>{t("matrix.title")}</Link>
        </p>
      </div>
      {!view.administers && <p className={controls.muted}>{t("people.readOnly")}</p>}
      {view.administers && !view.byPasskey && <p className={controls.muted}>{t("people.needPasskey")}</p>}
      {answered?.kind === "link" && <OneTimeLink link={answered} />}
      {answered === undefined && done !== null && <Notice>{t(`people.done.${done}`)}</Notice>}
      <Form method="get" className={controls.filters} key={search}>
        <TextField form="people" name="search" label={t("people.search")} value={search} maxLength={60} />
        <div className={controls.filterEnd}>
          <SubmitButton kind="plain">{t("people.searchButton")}</SubmitButton>
        </div>
      </Form>
      <RoleRequests
        requests={view.requests}
        manages={manages}
        ownId={view.ownId}
        failed={answering ? failed : null}
      />
      <PeopleTable
        people={view.people}
        manages={manages}
        ownId={view.ownId}
        failed={failed?.intent === "invite" || answering ? null : failed}
      />
      <Pager
        page={view.asked.page}
        pages={view.pages}
        href={(page) =>
          `${paths.staff.people()}?${new URLSearchParams({ search, page: String(page) }).toString()}`
        }
      />
      {manages && (
        <InviteForm
          // A made link empties the form for the next person.
          key={answered?.kind === "link" ? answered.link : "invite"}
          agencies={view.agencies}
          failed={failed?.intent === "invite" ? failed : null}
        />
      )}
    </>
  );
}
