import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import type { SendingFault } from "~/staff-client/messages/use-sending";
import controls from "../controls.module.css";

/** The box for words that are sealed before they are sent, with what kept them from going. */
export function Words({
  id,
  label,
  hint,
  text,
  onChange,
  fault,
}: {
  id: string;
  label: string;
  hint: string;
  text: string;
  onChange: (text: string) => void;
  fault: SendingFault | null;
}) {
  const { t } = useTranslation("staff");
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (fault !== null) box.current?.focus();
  }, [fault]);
  const said =
    fault === null
      ? null
      : "said" in fault
        ? fault.said
        : t(`messages.faults.${fault.key}`, { max: MESSAGE_CHARACTERS });
  return (
    <div className={controls.field} data-invalid={said === null ? undefined : "true"}>
      <label htmlFor={id}>{label}</label>
      <p id={`${id}-hint`} className={controls.hint}>
        {hint}
      </p>
      {said !== null && (
        <p id={`${id}-error`} className={controls.error} role="alert">
          <span className="visually-hidden">{t("forms.errorPrefix")}</span>
          {said}
        </p>
      )}
      <textarea
        ref={box}
        id={id}
        className={controls.input}
        rows={5}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={said === null ? `${id}-hint` : `${id}-hint ${id}-error`}
        aria-invalid={said === null ? undefined : true}
      />
    </div>
  );
}
