/** What evidence may be; client-safe. experience.md, point 13. */
export const MAX_FILES = 20;
/** Of one message to the office; and of all messages of one report on one day 20. */
export const MAX_MESSAGE_FILES = 5;
/** Of one file, in bytes. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** A post of all files at once and the form around them, in bytes: what the door lets through. */
export const MAX_POST_BYTES = MAX_FILES * MAX_FILE_BYTES + 4 * 1024 * 1024;

/** The same of a message and its files. */
export const MAX_MESSAGE_POST_BYTES = MAX_MESSAGE_FILES * MAX_FILE_BYTES + 4 * 1024 * 1024;

/** Types taken, with the file names' endings that go with them. */
export const FILE_TYPES = {
  jpg: { mime: "image/jpeg", endings: ["jpg", "jpeg", "jpe", "jfif"], image: true },
  png: { mime: "image/png", endings: ["png"], image: true },
  webp: { mime: "image/webp", endings: ["webp"], image: true },
  pdf: { mime: "application/pdf", endings: ["pdf"], image: false },
  docx: {
    mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    endings: ["docx"],
    image: false,
  },
  xlsx: {
    mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    endings: ["xlsx"],
    image: false,
  },
  mp3: { mime: "audio/mpeg", endings: ["mp3"], image: false },
  m4a: { mime: "audio/mp4", endings: ["m4a"], image: false },
  mp4: { mime: "video/mp4", endings: ["mp4", "m4v"], image: false },
  txt: { mime: "text/plain", endings: ["txt", "text", "log", "csv", "md"], image: false },
} as const satisfies Record<string, { mime: string; endings: readonly string[]; image: boolean }>;

export type FileType = keyof typeof FILE_TYPES;

/** For a file field's `accept`. */
export const ACCEPTED = Object.values(FILE_TYPES)
  .flatMap(({ mime, endings }) => [mime, ...endings.map((ending) => `.${ending}`)])
  .join(",");

/** Why a file was not taken. Each has a sentence and a way on in the catalogue (`evidence.reasons`). */
export const REFUSALS = [
  "empty",
  "too_large",
  "too_many",
  "too_many_message",
  "unknown_type",
  "heic",
  "old_office",
  "quicktime",
  "infected",
  "broken_off",
  "busy",
  "no_room",
  "too_much_today",
  "already_sent",
  "failed",
] as const;
export type RefusalReason = (typeof REFUSALS)[number];

/** The ending of a file name, lower case, without its dot; "" where there is none. */
export function endingOf(name: string): string {
  return /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
}

/** Whether a name's ending says another type than the file's own bytes. A name without ending says nothing. */
export function isMisnamed(name: string, type: FileType): boolean {
  const ending = endingOf(name);
  const fits: readonly string[] = [
    ...FILE_TYPES[type].endings,
    // Recorders write either into the same container.
    ...(type === "mp4" || type === "m4a" ? ["m4a", "mp4"] : []),
  ];
  return ending !== "" && !fits.includes(ending);
}
