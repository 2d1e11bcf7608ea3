import type { AppLoadContext, EntryContext } from "@remix-run/node";
import { createReadableStreamFromReadable } from "@remix-run/node";
import { RemixServer, isRouteErrorResponse } from "@remix-run/react";
import { renderToPipeableStream } from "react-dom/server";
import { I18nextProvider } from "react-i18next";
import { AnsweredMethod, ResponseStatus } from "~/components/PageTitle";
import { catalogueEn } from "~/i18n/en/catalogue";
import { createI18n } from "~/i18n/create-i18n";
import { detectLocale } from "~/i18n/locale";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { staffZh } from "~/i18n/zh-CN/staff";
import { isStaffPath } from "~/paths";
import { withoutZeros } from "~/without-zeros.server";
import { DomainError } from "~server/errors.server";
import { faultTrace } from "~server/log.server";

/** Waits for the whole page: a streamed fallback would strand a reader without JavaScript. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  context: AppLoadContext,
): Promise<Response> {
  const staffSide = isStaffPath(new URL(request.url).pathname);
  const locale = staffSide ? "zh-CN" : detectLocale(request, context);
  const i18n = createI18n(
    locale,
    locale === "en" ? catalogueEn : catalogueZh,
    staffSide ? staffZh : undefined,
  );
  return new Promise((resolve, reject) => {
    let failed = false;
    const { pipe, abort } = renderToPipeableStream(
      <I18nextProvider i18n={i18n}>
        <ResponseStatus.Provider value={status}>
          <AnsweredMethod.Provider value={staffSide ? "GET" : request.method}>
            <RemixServer context={remixContext} url={request.url} nonce={context.nonce} abortDelay={8_000} />
          </AnsweredMethod.Provider>
        </ResponseStatus.Provider>
      </I18nextProvider>,
      {
        nonce: context.nonce,
        onAllReady() {
          const body = withoutZeros();
          headers.set("Content-Type", "text/html; charset=utf-8");
          resolve(
            new Response(createReadableStreamFromReadable(body), { headers, status: failed ? 500 : status }),
          );
          pipe(body);
        },
        onShellError(error: unknown) {
          reject(error instanceof Error ? error : new Error("render"));
        },
        onError(error: unknown) {
          failed = true;
          context.portal.log.error({ trace: faultTrace(error) }, "render failed");
        },
      },
    );
    setTimeout(abort, 9_000).unref();
  });
}

/** Faults are logged by where they happened, never by what they say. */
export function handleError(
  error: unknown,
  { request, context }: { request: Request; context: AppLoadContext },
): void {
  if (request.signal.aborted || error instanceof DomainError) return;
  // An answer below 500 is no fault of ours, and anybody could fill the log with them; 503 says “not open yet”.
  if (isRouteErrorResponse(error) || error instanceof Response) {
    if (error.status < 500 || error.status === 503) return;
  }
  context.portal.log.error({ trace: faultTrace(error) }, "request failed");
}
