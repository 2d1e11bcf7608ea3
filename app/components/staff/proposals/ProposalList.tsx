import type { ReactNode } from "react";
import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Pager } from "~/components/staff/Pager";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/routing.module.css";
import type { ProposalView } from "~server/proposals/present-proposal.server";
import { ProposalHistory, ProposalTag } from "./ProposalHistory";

/** Where the words of each kind of versions stand in the catalogue. */
export type ProposalWords = "routing.versions" | "schemes" | "bankFormat";

/** What the page is for, and what hinders the person before it from bringing a version. */
export function ProposalIntro({
  words,
  administers,
  byPasskey,
}: {
  words: ProposalWords;
  administers: boolean;
  byPasskey: boolean;
}) {
  const { t } = useTranslation("staff");
  return (
    <>
      <p className={controls.muted}>{t(`${words}.intro`)}</p>
      {!administers && <p className={controls.muted}>{t(`${words}.readOnly`)}</p>}
      {administers && !byPasskey && <p className={controls.muted}>{t(`${words}.needPasskey`)}</p>}
    </>
  );
}

/** One page of the versions brought so far, each a link to its own page. */
export function ProposalList<View extends ProposalView>({
  words,
  proposals,
  titleOf,
  hrefOf,
  list,
}: {
  words: ProposalWords;
  proposals: readonly View[];
  titleOf: (proposal: View) => ReactNode;
  hrefOf: (proposalId: string) => string;
  list: { readonly page: number; readonly pages: number; readonly href: string };
}) {
  const { t } = useTranslation("staff");
  return (
    <section aria-labelledby="list-title">
      <h2 id="list-title">{t(`${words}.listTitle`)}</h2>
      {proposals.length === 0 && <p className={controls.empty}>{t(`${words}.none`)}</p>}
      <ul className={styles.versions}>
        {proposals.map((proposal) => (
          <li key={proposal.id}>
            <p className={styles.title}>
              <strong>
                <Link to={hrefOf(proposal.id)}>{titleOf(proposal)}</Link>
              </strong>
              <ProposalTag proposal={proposal} />
            </p>
            <ProposalHistory proposal={proposal} />
          </li>
        ))}
      </ul>
      <Pager page={list.page} pages={list.pages} href={(page) => `${list.href}?page=${page}`} />
    </section>
  );
}
