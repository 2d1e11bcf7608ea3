import { Outlet, isRouteErrorResponse, useRouteError } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorMessage, errorTitle } from "~/components/ErrorMessage";
import { NotOpenPage, isNotOpen } from "~/components/citizen/NotOpen";
import { CitizenShell, Column, Shell } from "~/components/citizen/Shell";
import { AlreadySentPage } from "~/components/report/AlreadySent";
import { DraftEndedPage } from "~/components/report/DraftEnded";
import { isAlreadySent, isDraftEnded } from "~/forms/carried-answers";

export default function PublicLayout() {
  return (
    <CitizenShell>
      <Column>
        <Outlet />
      </Column>
    </CitizenShell>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  const { t } = useTranslation();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  if (isRouteErrorResponse(error) && isNotOpen(error.data)) {
    return (
      <Shell>
        <Column>
          <NotOpenPage {...error.data} />
        </Column>
      </Shell>
    );
  }
  if (isRouteErrorResponse(error) && isDraftEnded(error.data)) {
    return (
      <Shell question>
        <Column>
          <DraftEndedPage {...error.data} />
        </Column>
      </Shell>
    );
  }
  if (isRouteErrorResponse(error) && isAlreadySent(error.data)) {
    return (
      <Shell>
        <Column>
          <AlreadySentPage {...error.data} />
        </Column>
      </Shell>
    );
  }
  return (
    <Shell>
      <Column>
        <ErrorMessage title={t(errorTitle(status))} status={status} />
      </Column>
    </Shell>
  );
}
