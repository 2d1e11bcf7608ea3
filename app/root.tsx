import type { LinksFunction, LoaderFunctionArgs } from "@remix-run/node";
import {
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  isRouteErrorResponse,
  useLocation,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { errorTitle } from "~/components/ErrorMessage";
import { ErrorPage } from "~/components/ErrorPage";
import { PageTitle } from "~/components/PageTitle";
import { detectLocale, elderMode } from "~/i18n/locale";
import { isStaffPath } from "~/paths";
import tokens from "~/styles/tokens.css?url";
import base from "~/styles/base.css?url";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: tokens },
  { rel: "stylesheet", href: base },
  { rel: "icon", href: "/favicon.png", type: "image/png" },
];

export function loader({ request, context }: LoaderFunctionArgs) {
  const staffSide = isStaffPath(new URL(request.url).pathname);
  return {
    locale: staffSide ? ("zh-CN" as const) : detectLocale(request, context),
    elder: !staffSide && elderMode(request, context),
    nonce: context.nonce,
    demo: context.portal.env.demo,
  };
}

/** Language, elder mode and demo flag never change without a full page load. */
export function shouldRevalidate(): boolean {
  return false;
}

export function Layout({ children }: { children: ReactNode }) {
  const data = useRouteLoaderData<typeof loader>("root");
  const staffSide = isStaffPath(useLocation().pathname);
  return (
    <html lang={data?.locale ?? "zh-CN"} className={data?.elder ? "elder" : undefined}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content={staffSide ? "noindex" : "index"} />
        <meta name="format-detection" content="telephone=no" />
        {staffSide ? null : <PageTitle />}
        <Meta />
        <Links />
      </head>
      <body className={staffSide ? "staff-side" : "citizen-side"}>
        {children}
        {staffSide && data ? (
          <>
            <ScrollRestoration nonce={data?.nonce} />
            <Scripts nonce={data?.nonce} />
          </>
        ) : (
          <script src="/enhance.js" defer />
        )}
      </body>
    </html>
  );
}

export default function Root() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  const { t } = useTranslation();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  return <ErrorPage title={t(errorTitle(status))} status={status} />;
}
