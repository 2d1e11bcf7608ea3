export const common = {
  site: {
    name: "Report illegal fundraising and online finance",
    short: "Report illegal finance",
    demo: "Demonstration: all data is invented. Please do not submit a real tip.",
    skip: "Skip to main content",
    quickExit: "Leave quickly",
    quickExitHint: "Press Esc three times",
    elder: "Large text",
    elderOff: "Standard text",
    otherLanguage: "中文",
    languageLabel: "Change language",
  },
  nav: { label: "Footer", privacy: "Privacy", hotlines: "Telephone lines", rewards: "Rewards", home: "Home" },
  error: {
    title: "We cannot do this right now",
    notFoundTitle: "We could not find this page",
    body: "Nothing you entered was lost. Please reload this page in a moment.",
    notFoundBody: "The address may be mistyped, or the page has moved. Please start from the home page.",
    home: "Go to the home page",
    prefix: "Error: ",
    summary: "A few things need your attention",
  },
} as const;
