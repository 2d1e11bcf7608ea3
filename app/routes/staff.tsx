import type { LoaderFunctionArgs } from "@remix-run/node";
import {
  Outlet,
  useLoaderData,
  useRouteError,
  useRouteLoaderData,
  type ShouldRevalidateFunctionArgs,
} from "@remix-run/react";
import { AlertBanner } from "~/components/staff/AlertBanner";
import { BodyEndedBanner } from "~/components/staff/BodyEndedBanner";
import { pageTitle } from "~/components/staff/page-title";
import { StaffError } from "~/components/staff/StaffError";
import { StaffFrame } from "~/components/staff/StaffFrame";
import { staffZh } from "~/i18n/zh-CN/staff";
import { countOpenAlerts } from "~server/clocks/list-alerts.server";
import { chinaDay } from "~server/clock";
import { listNav } from "~server/staff-auth/list-nav";
import { countViewsOver } from "~server/triage/list-views.server";

/** The title where a page brings none: its refusals and faults. */
export const meta = () => pageTitle(staffZh.frame.workbench);

/** Frames the pages of those signed in, and the bare sign-in and enrolment pages. */
export async function loader({ context }: LoaderFunctionArgs) {
  const actor = context.actor ?? null;
  return {
    demo: context.portal.env.demo,
    mailbox: actor !== null && context.portal.mailer.kind === "mailbox",
    nav: actor === null ? [] : listNav(actor),
    alerts: await countOpenAlerts(context.portal.db, actor),
    viewsOver:
      actor === null
        ? 0
        : await countViewsOver(context.portal.db, { today: chinaDay(context.portal.clock.now()) }, actor),
    person: actor && {
      id: actor.id,
      displayName: actor.displayName,
      agencyName: actor.agencyName,
      roles: actor.roles,
      method: actor.method,
      bodyEnded: actor.bodyEnded ?? null,
    },
  };
}

/** Where an answer never came (`lost`), asking for the frame would only fail as well, and take the page with it. */
export function shouldRevalidate({ actionResult, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs) {
  return (actionResult as { kind?: unknown } | undefined)?.kind !== "lost" && defaultShouldRevalidate;
}

export default function Staff() {
  const { person, nav, viewsOver, demo, mailbox, alerts } = useLoaderData<typeof loader>();
  return (
    <StaffFrame person={person} nav={nav} viewsOver={viewsOver} demo={demo} mailbox={mailbox}>
      {person?.bodyEnded && <BodyEndedBanner body={person.agencyName} {...person.bodyEnded} />}
      <AlertBanner count={alerts} />
      <Outlet />
    </StaffFrame>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  const frame = useRouteLoaderData<typeof loader>("routes/staff");
  return (
    <StaffFrame person={frame?.person ?? null} nav={frame?.nav ?? []} demo={frame?.demo ?? false}>
      <StaffError error={error} />
    </StaffFrame>
  );
}
