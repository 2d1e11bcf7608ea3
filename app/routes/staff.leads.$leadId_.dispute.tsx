import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { AnswerForm, AskForm, FollowForm } from "~/components/staff/disputes/AfterDecision";
import { DisputeHead, DisputeParties, DisputeProceedings } from "~/components/staff/disputes/DisputeRecord";
import { DecideForm, MediatorForms } from "~/components/staff/disputes/MediatorForms";
import { OpinionForm } from "~/components/staff/disputes/OpinionForm";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import disputeStyles from "~/components/staff/disputes/disputes.module.css";
import styles from "~/components/staff/lead.module.css";
import { formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { actOnDispute } from "~server/disputes/act-on-dispute.server";
import { presentDispute } from "~server/disputes/present-dispute.server";
import { readDispute } from "~server/disputes/read-dispute.server";
import { readFollowing } from "~server/disputes/read-following.server";
import { readForm } from "~server/intake/read-form.server";
import { agencyOptions, sectorOptions } from "~server/packs/list-options";
import { agencyName } from "~server/packs/look-up-pack";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  dispute: z.uuid().nullable().catch(null),
  done: z
    .enum(["opinion", "question", "proceeding", "invite", "remind", "decide", "follow", "ask", "answer"])
    .nullable()
    .catch(null),
});

export const meta = () => pageTitle(staffZh.disputes.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const asked = query.parse({
    dispute: null,
    done: null,
    ...Object.fromEntries(new URL(request.url).searchParams),
  });
  const at = clock.now();
  const leadId = params.leadId ?? "";
  const page = await answerRefusals(readDispute(db, { leadId, disputeId: asked.dispute }, actor));
  const dispute = presentDispute(
    packs.all().map((one) => one.pack),
    page,
    { at },
    actor,
  );
  // A party need not see the lead; who mediates is of the same pack.
  const { pack } = packs.of(page.lead?.packId ?? page.dispute?.mediatorId.split(".")[0] ?? "");
  return {
    leadId: page.leadId,
    number: page.number,
    name: page.name,
    seesLead: page.lead !== null,
    runs: page.runs,
    dispute,
    following: dispute?.rights.mayDispatch === true ? await readFollowing(db, leadId, actor) : null,
    bodies: agencyOptions(pack, chinaDay(at)),
    sectors: sectorOptions(pack),
    experts: pack.duties
      .filter(({ kind }) => kind === "experts")
      .flatMap(({ text, agencies }) =>
        agencies.length === 0 ? [text.zh] : agencies.map((id) => agencyName(pack, id)),
      ),
    today: chinaDay(at),
    done: asked.done,
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const outcome = await answerRefusals(
    actOnDispute(context.portal, { leadId: params.leadId ?? "", form }, actor),
  );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

/** A refusal too reloads the page: what it shows, and the versions its forms send, must be of now. */
export const shouldRevalidate = () => true;

export default function DisputePage() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { dispute } = view;
  return (
    <>
      <p className={`${styles.back} ${disputeStyles.paperless}`}>
        {view.seesLead ? (
          <Link to={paths.staff.lead(view.leadId)}>{t("disputes.backToLead")}</Link>
        ) : (
          <Link to={paths.staff.disputes()}>{t("disputes.backToList")}</Link>
        )}
      </p>
      <div className={styles.head}>
        <h1>{t("disputes.pageTitle", { number: view.number })}</h1>
        {dispute !== null && (
          <span
            className={controls.tag}
            data-tone={
              dispute.status === "open" ? "waiting" : dispute.status === "decided" ? "done" : undefined
            }
          >
            {t(`disputes.statuses.${dispute.status}`)}
          </span>
        )}
      </div>
      <p className={styles.subhead}>
        {view.name}
        {dispute !== null && ` · ${lengthOf(dispute, t)}`}
      </p>
      {dispute !== null && (
        <p className={disputeStyles.paperless}>
          <a href={paths.staff.disputeMinutes(view.leadId, dispute.id)}>{t("disputes.minutes")}</a>
        </p>
      )}
      {failed === null && view.done !== null && <Notice>{t(`disputes.done.${view.done}`)}</Notice>}
      {dispute === null ? (
        <p className={controls.empty}>{t(view.runs ? "disputes.runsHere" : "disputes.none")}</p>
      ) : (
        <div className={styles.columns}>
          <div>
            <DisputeHead dispute={dispute} />
            <DisputeProceedings entries={dispute.entries} />
          </div>
          <div>
            <DisputeParties parties={dispute.parties} />
            <Actions view={view} dispute={dispute} failed={failed} />
            <Earlier view={view} dispute={dispute} />
          </div>
        </div>
      )}
    </>
  );
}

type View = ReturnType<typeof useLoaderData<typeof loader>>;
type Dispute = NonNullable<View["dispute"]>;
type Failed = ReturnType<typeof useActionData<typeof action>> | null;
type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

function lengthOf({ status, days }: Dispute, t: StaffText): string {
  if (status !== "open") return days === 0 ? t("disputes.lastedToday") : t("disputes.lasted", { days });
  return days === 0 ? t("disputes.openToday") : t("disputes.openFor", { days });
}

/** The bodies heard stand before all others. */
function partiesFirst(bodies: View["bodies"], { parties }: Dispute): View["bodies"] {
  const heard = (id: string) => parties.some(({ agencyId }) => agencyId === id);
  return [...bodies.filter(({ value }) => heard(value)), ...bodies.filter(({ value }) => !heard(value))];
}

function Actions({ view, dispute, failed }: { view: View; dispute: Dispute; failed: Failed }) {
  const { t } = useTranslation("staff");
  const { rights, speaksFor } = dispute;
  const refused = failed ?? null;
  const following = view.following !== null && dispute.decision !== null;
  const any = rights.mediates || speaksFor.length > 0 || following || rights.mayAsk || rights.mayAnswer;
  // A form whose way somebody else's act has closed still says why.
  const orphan = !any && refused !== null;
  return (
    <section
      className={`${controls.card} ${disputeStyles.paperless}`}
      id="actions"
      aria-labelledby="actions-title"
    >
      <h2 id="actions-title">{t("disputes.actions")}</h2>
      {orphan && <p role="alert">{refused.refusal}</p>}
      {!any && !orphan && <p className={controls.muted}>{t("disputes.actionsNone")}</p>}
      {speaksFor.map((speaker) => {
        const own = refused?.intent === "opinion" && refused.of === speaker.agencyId ? refused : null;
        return (
          <OpinionForm
            key={`${speaker.agencyId} ${speaker.live?.version ?? 0}`}
            speaker={speaker}
            bodies={view.bodies}
            state={own?.state ?? null}
            refusal={own?.refusal ?? null}
            stale={own?.stale ?? false}
          />
        );
      })}
      {rights.mediates && (
        <>
          <MediatorForms
            key={`${dispute.id} ${dispute.version} ${dispute.entries.length}`}
            dispute={{ ...dispute, mayRemind: rights.mayRemind }}
            today={view.today}
            experts={view.experts}
            bodies={view.bodies}
            failed={refused}
          />
          <DecideForm
            version={dispute.version}
            bodies={partiesFirst(view.bodies, dispute)}
            failed={refused}
          />
        </>
      )}
      {view.following !== null && dispute.decision !== null && (
        <FollowForm
          {...view.following}
          bodies={dispute.decision.bodies}
          joint={dispute.decision.joint}
          sectors={view.sectors}
          failed={refused}
        />
      )}
      {rights.mayAsk && <AskForm failed={refused} />}
      {rights.mayAnswer && <AnswerForm failed={refused} />}
    </section>
  );
}

function Earlier({ view, dispute }: { view: View; dispute: Dispute }) {
  const { t } = useTranslation("staff");
  if (dispute.earlier.length === 0) return null;
  return (
    <section className={`${controls.card} ${disputeStyles.paperless}`} aria-labelledby="earlier-title">
      <h2 id="earlier-title">{t("disputes.earlier")}</h2>
      <ul>
        {dispute.earlier.map(({ id, openedAt }) => (
          <li key={id}>
            <Link to={paths.staff.dispute(view.leadId, id)}>
              {t("disputes.earlierOf", { day: formatInstant(openedAt).split(" ")[0] ?? "" })}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
