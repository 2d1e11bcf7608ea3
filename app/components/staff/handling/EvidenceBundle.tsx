import { useFetcher } from "@remix-run/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Sealed } from "~/components/Sealed";
import { BUNDLE_BYTES, buildBundle, filesOf, type BuiltBundle } from "~/staff-client/evidence/build-bundle";
import { keyringState, loadKeyring } from "~/staff-client/keys/keyring";
import type { FormOutcome } from "~server/clocks/carry-out.server";
import type { FileMeta } from "~server/evidence/file-meta";
import type { EvidencePage } from "~server/handling/list-evidence.server";
import { readFileList } from "../FileItems";
import { Notice } from "../Notice";
import controls from "../controls.module.css";
import styles from "./handling.module.css";

type Told =
  | { readonly state: "idle" | "failed" | "none" | "too_big" }
  | { readonly state: "building"; readonly done: number; readonly of: number }
  | { readonly state: "made"; readonly bundle: BuiltBundle };

/** What the server said of the bundle with this hash. */
type Noted = FormOutcome & { readonly sha256: string };

/** Chooses reports and builds their bundle in this page; it is saved once the server has noted its manifest's hash. */
export function EvidenceBundle({ page }: { page: EvidencePage }) {
  const { t } = useTranslation("staff");
  const recording = useFetcher<Noted>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(page.reports.map(({ tipId }) => tipId)),
  );
  const [told, setTold] = useState<Told>({ state: "idle" });
  const lists = useRef(new Map<string, readonly FileMeta[]>());
  const keep = useCallback((of: string, files: readonly FileMeta[]) => {
    lists.current.set(of, files);
  }, []);
  const bundle = told.state === "made" ? told.bundle : null;
  // An answer to an earlier bundle says nothing of this one.
  const answer =
    recording.state === "idle" && recording.data?.sha256 === bundle?.sha256 ? recording.data : undefined;
  const kept = answer?.ok === true ? bundle : null;
  const { part, parts } = page;
  const number = `${t("handling.letterWords.transfer")}-${String(page.lead.number)}`;
  const name = `${parts > 1 ? t("handling.bundle.partName", { number, part, parts }) : number}.zip`;
  useEffect(() => {
    if (kept !== null) saveBlob(kept.zip, name);
  }, [kept, name]);
  const build = async () => {
    await loadKeyring();
    const keys = keyringState();
    if (keys.state !== "open") return setTold({ state: "failed" });
    const reports = page.reports
      .filter(({ tipId }) => chosen.has(tipId))
      .map(({ tipId, rank, facts, messages }) => ({
        ...{ rank, facts, files: lists.current.get(tipId) ?? [] },
        later: messages.map(({ message }) => lists.current.get(message.id) ?? []),
      }));
    if (reports.length === 0) return setTold({ state: "none" });
    const size = reports.flatMap(filesOf).reduce((sum, { file }) => sum + file.size, 0);
    if (size > BUNDLE_BYTES) return setTold({ state: "too_big" });
    const unread = page.reports.some(
      ({ tipId, files, messages }) =>
        chosen.has(tipId) &&
        ((files.state === "sealed" && !lists.current.has(tipId)) ||
          messages.some(({ message }) => !lists.current.has(message.id))),
    );
    if (unread) return setTold({ state: "failed" });
    setTold({ state: "building", done: 0, of: 0 });
    const made = await buildBundle({ ...page, reports }, keys.keyring, (done, of) =>
      setTold({ state: "building", done, of }),
    ).catch(() => null);
    if (made === null) return setTold({ state: "failed" });
    setTold({ state: "made", bundle: made });
    const { sha256, files, bytes } = made;
    recording.submit(
      { intent: "bundle", letterId: page.letter.id, sha256, files: String(files), bytes: String(bytes) },
      { method: "post" },
    );
  };
  const busy = told.state === "building" || recording.state !== "idle";
  return (
    <>
      {parts > 1 && <p>{t("handling.bundle.part", { part, parts })}</p>}
      {page.moreMessages && <p className={controls.error}>{t("handling.bundle.moreMessages")}</p>}
      {page.reports.map(({ tipId, rank, facts, files, messages }) => (
        <article key={tipId} className={styles.entry}>
          <h3>
            {t("handling.bundle.report", { rank })} · {facts.subjectName}
          </h3>
          <div className={controls.check}>
            <input
              type="checkbox"
              id={`include-${tipId}`}
              checked={chosen.has(tipId)}
              onChange={({ target }) =>
                setChosen(
                  (now) => new Set(target.checked ? [...now, tipId] : [...now].filter((id) => id !== tipId)),
                )
              }
            />
            <label htmlFor={`include-${tipId}`}>
              {t("handling.bundle.include")}
              <span className="visually-hidden">：{t("handling.bundle.report", { rank })}</span>
            </label>
          </div>
          {files.state === "sealed" ? (
            <Sealed
              view={files}
              show={(text) => <FileCount text={text} of={tipId} onRead={keep} label="filesCount" />}
            />
          ) : (
            <p className={controls.muted}>{t("handling.bundle.filesNone")}</p>
          )}
          {messages.map((view) => (
            <Sealed
              key={view.message.id}
              view={view}
              show={(_words, sent) => (
                <FileCount
                  text={JSON.stringify(sent)}
                  of={view.message.id}
                  onRead={keep}
                  label="laterCount"
                />
              )}
            />
          ))}
        </article>
      ))}
      <p role="status">
        {told.state === "building" && t("handling.bundle.building", { done: told.done, of: told.of })}
        {told.state === "failed" && t("handling.bundle.failed")}
        {told.state === "none" && t("handling.bundle.chooseOne")}
        {told.state === "too_big" && t("handling.bundle.tooBig")}
        {answer?.ok === false && t("handling.bundle.refused", { message: answer.failed.refusal ?? "" })}
      </p>
      {kept !== null && (
        <>
          <Notice>{t("handling.bundle.built", { files: kept.files })}</Notice>
          <p className={styles.hash}>
            <code data-manifest-sha256>{kept.sha256}</code>
          </p>
          <button
            type="button"
            className={controls.button}
            data-kind="plain"
            onClick={() => saveBlob(kept.zip, name)}
          >
            {t("handling.bundle.saveAgain")}
          </button>
        </>
      )}
      <p>
        <button type="button" className={controls.button} disabled={busy} onClick={() => void build()}>
          {t("handling.bundle.build")}
        </button>
      </p>
      <noscript>
        <p>{t("handling.bundle.scriptNeeded")}</p>
      </noscript>
    </>
  );
}

/** How many files a list has, and the list to whoever keeps it: of a report by its id, of a message by its own. */
function FileCount({
  text,
  of,
  label,
  onRead,
}: {
  text: string;
  of: string;
  label: "filesCount" | "laterCount";
  onRead: (of: string, files: readonly FileMeta[]) => void;
}) {
  const { t } = useTranslation("staff");
  const files = useMemo(() => readFileList(text), [text]);
  useEffect(() => {
    if (files !== null) onRead(of, files);
  }, [files, of, onRead]);
  if (files === null) return <p>{t("files.unreadable")}</p>;
  return <p>{t(`handling.bundle.${label}`, { count: files.length })}</p>;
}

function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
