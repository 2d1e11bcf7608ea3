import { reportQuestions } from "./report-questions";

export const report = {
  progress: "Step {{at}} of {{of}}",
  back: "Back",
  next: "Continue",
  save: "Save and finish later",
  why: "Why we ask",
  optional: " (optional)",
  summaryItem: "{{label}}: {{text}}",
  start: {
    title: "Make a report",
    lead: "One question per page, about 15 minutes, in as many sittings as you like. Leave out what you do not know, or choose “Don’t know”.",
    before: "Before you start",
    points: {
      receipt:
        "You will be given a receipt of 12 words. It is the only way to follow your report and accept a reward. We keep no copy and cannot replace it.",
      save: "You can save at any time and carry on later with the receipt. A draft left alone for 30 days is deleted; one without any answer yet, after 2 days.",
      truth: "Please report truthfully. Knowingly inventing facts or forging evidence is against the law.",
      leave:
        "If you need to get away, choose “Leave quickly” at the top, or press Esc three times where scripts are on.",
    },
    begin: "Start",
    existing: "You have an unfinished report",
    existingBody:
      "Carry on, or start again. Starting again gives you a new receipt; the old draft can still be opened with its own receipt.",
    resume: "Carry on",
    restart: "Start again",
    sent: "Your report has been sent",
    sentBody: "Write down your receipt before you start another report.",
    toReceipt: "Show the receipt",
  },
  ended: {
    title: "Enter your receipt to carry on",
    body: "The page was open for too long, or this browser’s record was cleared, and this sitting has ended. What you saved before is still in the draft; the receipt opens it.",
    kept: "What you have just written on “{{page}}” is not lost. It goes back into the draft once you enter the receipt.",
    files:
      "If you had just chosen files, they were not kept. Choose them again after entering the receipt; those uploaded before are still there.",
    words: "What you have just written",
    resume: "Carry on with the receipt",
    lost: "No receipt",
    lostBody:
      "You can start again with a new receipt. What you wrote on this page comes along; the other pages must be filled in again.",
    begin: "Start again",
    unread: "Not started again yet: first write down the receipt of the report you have just sent",
    unreadBody:
      "This browser holds a report that has just been sent, and its receipt has not been checked yet. Starting again now would put that receipt out of reach. Open the receipt, write it down and check it; then come back to this page and choose “Start again”. What you have just written is still on this page, so please do not close it.",
    unreadOpen: "Show the receipt (opens a new window)",
    alreadySent:
      "The report with this receipt has been sent and cannot be changed. To add something, write a message under “Follow a report”",
  },
  sentMeanwhile: {
    title: "This report has been sent; use your receipt to add to it",
    files:
      "This report was sent from another page. The files you have just chosen were not added to it, and were not kept:",
    filesHow:
      "To add them, use your receipt under “Follow a report” and attach them to a message, at most {{most}} to each. Files that were uploaded before went with the report.",
    removal:
      "This report was sent from another page, and no file was removed: those uploaded by then went with it. If a file should not be used as evidence, use your receipt under “Follow a report” and say so in a message.",
    body: "This report was sent from another page, and what you have just written on “{{page}}” was not added. Copy it from below, then use your receipt under “Follow a report” to send it as a message.",
    toStatus: "Add it under “Follow a report”",
  },
  saved: {
    title: "Draft saved",
    body: "Enter this receipt under “Follow a report” to carry on. Take a screenshot or write it down now.",
    until:
      "The draft is kept until {{date}}. Working on it starts the time again. As it is, that is {{days}} days: 30 with any answer in it, 2 without.",
    resume: "Carry on now",
    leave: "I have it, clear it from this device",
  },
  ...reportQuestions,
  places: {
    own: "Here",
    ownUnsure: "{{name}}, not sure which county",
    province: "Elsewhere in the province",
    elsewhere: "Other provinces",
    none: "No fixed place",
  },
  overview: {
    title: "All questions",
    link: "All questions",
    left: "{{count}} still to answer.",
    ready: "Everything is answered. You can check it and send it.",
    anyOrder: " Open any of them at any time, in any order.",
    goOn: "Carry on",
    toCheck: "Check and send",
    evidence: "Evidence",
    files: "{{count}} added",
    parts: {
      you: "How you report",
      who: "Who it is",
      what: "What happened",
      proof: "Source and evidence",
      reach: "How to reach you",
      end: "Last questions",
    },
    states: {
      done: "Answered",
      todo: "Not answered",
      mend: "Needs a change",
      again: "Please answer again",
      optional: "Optional",
    },
  },
  again: {
    sectorChanged:
      "You changed the kind of business, and its list of practices is a different one. Please choose again.",
    siteNeedsAddress: "You are now reporting a website or app. Give at least its address or the app’s name.",
    nameMissing:
      "You gave no name. Give at least one of: website, app, person in charge, phone or account, so that we know who is meant.",
  },
  doubts: {
    title: "Please look once more",
    goOn: "If it is right, choose “Continue” once more.",
    card: "Card number {{typed}} seems to have a wrong or missing digit",
    mobile: "Mobile numbers usually have 11 digits: {{typed}}",
    site: "Website {{typed}}: did you mean {{meant}}",
    email: "E-mail {{typed}}: did you mean {{meant}}",
    lossAboveAll: "Your own loss ({{typed}}) is more than the whole amount",
  },
  moreSectors: "Show more kinds of business",
  sectorIs: "Kind of business: {{name}}",
  sectorNone: "You have not chosen a kind of business yet. These practices are found in all of them.",
  sectorExamples: " For example: {{list}}.",
  listSeparator: "; ",
  noticeCost:
    "With an e-mail address you are no longer fully anonymous. It is kept encrypted and seen only by the notice desk while a notice leaves, but it may lead to you. If you give one, use an address that has nothing to do with you. Leaving it out is safest: your receipt shows you everything.",
  noticeNamed:
    "This address is encrypted apart from your identity and used for notices only. The notice desk sees it while a notice leaves.",
  rewardRule: "Local rule",
  noConflictTitle: "To ask for a reward, please confirm",
  declare: {
    lead: "Before you go on, please confirm:",
    law: "Knowingly accusing somebody falsely or forging evidence has legal consequences. A report that turns out wrong but was made in good faith has none.",
  },
  check: {
    change: "Change",
    changeWhat: ": {{what}}",
    confirmed: "Confirmed",
    empty: "Not given",
    sum: "{{typed}} ({{sum}})",
    changeFiles: "Add or remove",
    files: {
      refused: "; it does not go with the report.",
      interrupted: "; it does not go with the report. Please upload it again.",
      receiving: "; please send the report once it is complete.",
    },
    lead: "You cannot change the report after sending it. Read it once more and choose “Change” where something is wrong.",
    submit: "Send the report",
  },
  work: {
    title: "One small sum before you send",
    oneMore: "Not sent yet: one small sum is left, at the bottom of this page",
    question: "What is {{a}} plus {{b}}?",
    hint: "Digits or words. It keeps out programs that send by themselves, and records nothing about you.",
    numbers: { n1: "one", n2: "two", n3: "three", n4: "four", n5: "five" },
    errors: {
      blank: "Answer the small sum",
      wrong: "That is not the answer. Please try again",
      early: "Please wait {{count}} seconds, then choose “Send the report”",
      early_one: "Please wait one second, then choose “Send the report”",
      stale: "This page was open too long. Please answer the new sum",
    },
  },
  errors: {
    chooseOne: "Choose one",
    chooseAtLeastOne: "Choose at least one",
    tooLong: "This is too long. Please shorten it",
    tooMany: "Too many entries. Please remove some",
    nameOrUnknown: "Give a name of at least 2 characters, or tick “I do not know the name”",
    siteOrApp: "Give a web address or the name of the app",
    identifyOne:
      "You gave no name. Give a person in charge, phone or account here, or go back and give a website or app",
    startMissing: "Give a rough year, such as 2024",
    endFirst: "It cannot have stopped before it started",
    idOld: "This is the old number of 15 digits. Give the 18 characters on today’s identity card",
    idLength: "An identity card number has 18 characters, and the last may be X. Please check it",
    idBirth: "Characters 7 to 14 are the date of birth, and these are none. Please check them",
    idWrong: "One character of the identity card number is wrong. Compare it with the card",
    idOther:
      "Give the document’s number, 4 to 30 letters or digits. If you would rather not, choose “Not now”",
    usccWrong: "This credit code is not valid. Compare it with the business licence, or leave it empty",
    siteWrong:
      "One line does not look like a web address. Write it as example.com, one per line; the name of an app goes in the box below",
    placeOne: "Choose at least one place. “Don’t know” is fine",
    yearMonth: "Write a year and month such as 2024-05, or a year",
    notFuture: "This cannot be in the future",
    amountWrong: "Write a number, such as 1200000",
    amountExactWrong: "Write one number, such as 1200000. If you cannot be exact, choose a range above",
    peopleWrong: "Write a whole number, such as 35, or choose a range above",
    narrativeShort: "Write at least 20 characters",
    cut: "This is too long. Only the first 20,000 characters were kept and the rest was not saved; please shorten it",
    narrativeLong: "Write at most 5,000 characters",
    contactName: "Give your name, at least 2 characters",
    contactOne: "Give a phone number or an e-mail address",
    phoneWrong:
      "This is not a phone number. A mobile looks like 13800000000; a landline needs its area code, such as 0579-82000000",
    emailWrong: "This is not an e-mail address. Write it as name@example.com",
    conflict: "Tick this to ask for a reward. If it does not apply to you, choose “No”",
    declare: "Tick the declaration to go on",
    required: "Fill this in",
  },
} as const;
