import type { Catalogue } from "../zh-CN/catalogue";

export const objection: Catalogue["objection"] = {
  title: "Objection to the reward",
  open: "I object to this reward",
  hint: "Say what is wrong and why. Your words are encrypted as soon as they arrive, and only those who handle your report can open them; finance staff see only that you object and to what. Until you have an answer the reward cannot be accepted and does not lapse.",
  own: "You can object until 15 working days after accepting, as long as it is not in the books; the office answers within 15 working days. Both periods are this portal's own defaults.",
  ground: "What do you object to?",
  choose: "Please choose",
  grounds: {
    amount: "How the amount was computed",
    grade: "The grade",
    share: "How it was shared",
    excluded: "Who was included and who was not",
    facts: "The facts found",
    other: "Something else",
  },
  words: "Your objection and your reasons",
  wordsHint:
    "10 to 5,000 characters. If nobody is to know who you are, leave out names, telephone numbers and addresses.",
  send: "Send the objection",
  sent: "Your objection has arrived and will be answered by {{date}}. The answer will appear here; please come back with your receipt in a few days.",
  waiting:
    "You objected on {{stated}}; an answer is due by {{due}}. Until then the reward cannot be accepted and does not lapse.",
  kept: "Your objection of {{stated}}: the reward was reviewed and stands.",
  reassessed:
    "Your objection of {{stated}}: the reward was computed anew and will appear here once it is approved.",
  answer: "Answer: {{answer}}",
  decision: "Download the reward decision (PDF, in Chinese)",
  decisionHint: "The decision has a code name and not your name. Save it on a device you trust.",
  errors: {
    ground: "Choose what you object to.",
    empty: "Say what you object to and why, in at least 10 characters.",
    tooLong: "An objection can have at most 5,000 characters.",
    again: "Open this page again and send it once more.",
    open: "You have objected already and an answer is due.",
    late: "This reward can no longer be objected to.",
    tooMany: "Too many messages today. Please come back tomorrow.",
    noKeys: "This report was sent before messages existed, so you cannot object here.",
  },
};
