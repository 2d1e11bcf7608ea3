import { redirect, type ActionFunctionArgs } from "@remix-run/node";
import { localPath, preferenceFor } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";

export function loader() {
  return redirect(paths.home());
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  const intent = form.get("intent");
  const cookie = typeof intent === "string" ? preferenceFor(context.portal, intent) : null;
  return redirect(localPath(form.get("back")), cookie === null ? {} : { headers: { "Set-Cookie": cookie } });
}
