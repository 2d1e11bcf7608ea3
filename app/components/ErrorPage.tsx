import { ErrorMessage } from "./ErrorMessage";

/** The last resort, where no layout is left around the page. */
export function ErrorPage({ title, status }: { title: string; status: number }) {
  return (
    <main id="main" className="error-page">
      <title>{title}</title>
      <ErrorMessage title={title} status={status} />
    </main>
  );
}
