import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/routing.module.css";
import { formatInstant } from "~/i18n/format-date";
import type { ProposalView } from "~server/proposals/present-proposal.server";

export type ProposalStanding = NonNullable<ProposalView["outcome"]> | "found" | "requested";

/** Where a proposal stands, in one word of the catalogue. */
export function standingOf({ outcome, requestedBy }: ProposalView): ProposalStanding {
  return outcome ?? (requestedBy === null ? "found" : "requested");
}

const TONES: Partial<Record<ProposalStanding, string>> = {
  found: "waiting",
  requested: "waiting",
  agreed: "done",
};

export function ProposalTag({ proposal }: { proposal: ProposalView }) {
  const { t } = useTranslation("staff");
  const standing = standingOf(proposal);
  return (
    <span className={controls.tag} data-tone={TONES[standing]}>
      {t(`routing.versions.states.${standing}`)}
    </span>
  );
}

/** What the second person did, where it was a person's deed. */
const DECIDED = {
  agreed: "routing.versions.decidedAs.agreed",
  refused: "routing.versions.decidedAs.refused",
  withdrawn: "routing.versions.decidedAs.withdrawn",
  replaced: null,
} as const;

/** Who brought it, asked for it and answered it, when and why. */
export function ProposalHistory({ proposal }: { proposal: ProposalView }) {
  const { t } = useTranslation("staff");
  const at = (when: Date | null) => (when === null ? "" : formatInstant(when));
  const { broughtBy, requestedBy, decidedBy } = proposal;
  return (
    <>
      <p>
        {broughtBy === null
          ? t("routing.versions.found", { at: at(proposal.broughtAt) })
          : t("routing.versions.brought", { name: broughtBy.name, at: at(proposal.broughtAt) })}
      </p>
      {requestedBy !== null && (
        <p>
          {t("routing.versions.requested", {
            name: requestedBy.name,
            at: at(proposal.requestedAt),
            reason: proposal.reason ?? "",
          })}
        </p>
      )}
      {decidedBy !== null && (
        <p>
          {t(DECIDED[proposal.outcome ?? "replaced"] ?? "routing.versions.decided", {
            name: decidedBy.name,
            at: at(proposal.decidedAt),
          })}
        </p>
      )}
      {proposal.answer !== null && <p>{t("routing.versions.answer", { answer: proposal.answer })}</p>}
      <p className={styles.hash}>
        {t("routing.versions.hash")} {proposal.sha256}
      </p>
    </>
  );
}
