import type { Catalogue } from "../zh-CN/catalogue";

export const evidence: Catalogue["evidence"] = {
  title: "Do you have evidence, such as photos, contracts or recordings?",
  lead: "If not, just continue. You can add some later with your receipt.",
  choose: "Choose files",
  hint: "Up to 20 files of up to 50 MB each. You can choose several at once.",
  types:
    "Accepted: photos (jpg, png, webp), PDF, Word (docx), Excel (xlsx), recordings (mp3, m4a), video (mp4), text (txt).",
  upload: "Upload the chosen files",
  anonymous: {
    title: "Files may tell who you are",
    pictures:
      "The place, time and phone model a photo carries are removed from the copy that investigators look at. The original is kept encrypted as evidence; whoever opens it is warned.",
    others:
      "Word, Excel, PDF, sound and video files carry such things as the author’s name, which we cannot remove. Please also check what can be seen and heard in them.",
  },
  listTitle: "Files added so far",
  count: "{{count}} of at most {{most}}",
  none: "No files added yet.",
  states: {
    stored: "Encrypted and kept",
    receiving: "Being uploaded",
    interrupted: "Not complete",
    refused: "Not accepted",
  },
  interrupted:
    "The connection broke before this file was complete. Please choose it again and upload it once more.",
  receiving: "Another window is uploading this file.",
  misnamed:
    "The end of the file name does not match what is inside: it is a {{type}} file, and was accepted as {{type}}.",
  metadata: {
    stripped: "The copy no longer carries the place it was taken",
    picture: "No copy without the place and time could be made. The original is kept encrypted with them.",
    other: "What the file says of itself (its author, for example) was not removed.",
  },
  remove: "Remove",
  removeWhat: ": {{name}}",
  already: "“{{name}}” is in the list already and was not kept twice.",
  problem: "{{name}}: {{text}}",
  reasons: {
    empty: "This file is empty. Please check that you chose the right one.",
    too_large: "Larger than 50 MB. Please shorten or compress a video, or split a document.",
    too_many:
      "20 files at most; this one was not accepted. Remove one that matters less, or add it with your receipt after sending.",
    too_many_message: "5 files at most in one message. Please send several messages.",
    unknown_type:
      "Not an accepted type. Accepted are jpg, png, webp, pdf, docx, xlsx, mp3, m4a, mp4 and txt; for anything else, take a screenshot or save it as PDF.",
    heic: "This is an HEIC photo from an iPhone, which cannot be accepted yet. Take a screenshot of it, or choose “Most Compatible” under Settings › Camera › Formats and take it again.",
    old_office: "This is an old Office file (doc, xls). Please save it as docx, xlsx or PDF and upload that.",
    quicktime: "This is a MOV video, which cannot be accepted yet. Please convert it to mp4.",
    infected:
      "The virus scanner found a virus in it, so it was not accepted. Please take a screenshot, or find a clean copy.",
    broken_off: "Not complete. Please choose it again and upload it once more.",
    busy: "Too many files are uploading right now. Please try this file again in a few minutes, or send your words now and this file later with your receipt; the others are not affected.",
    no_room:
      "There is no room on the server right now. Please send your report and add this file with your receipt in a day or two.",
    too_much_today:
      "Too much was uploaded from your network today, so this file was not accepted. Please send your report now, and add the file with your receipt under “Track” from tomorrow.",
    already_sent:
      "The report was sent before this file arrived. Please add it with your receipt under “Track”.",
    failed: "Something went wrong while keeping it, so it was not accepted. Please upload it again.",
  },
  broken: "The upload broke off. What was accepted is listed below; please choose the rest again.",
  script: {
    waiting: "Waiting",
    sending: "Uploading, {{percent}}%",
    saving: "Encrypting…",
    retrying: "Connection lost, trying again…",
    lost: "Connection lost; not complete.",
    retry: "Try again",
    tooLarge: "Larger than 50 MB; not uploaded.",
    done: "All uploaded.",
  },
  why: "Evidence helps a report to be verified sooner. Files are encrypted piece by piece as they reach the server; only investigators can open them, on their own computers.",
  bytes: { kb: "{{size}} KB", mb: "{{size}} MB" },
};
