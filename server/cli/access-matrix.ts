// `npm run -s access:matrix [-- --json]`: the access table as Markdown, or as JSON for other programs. No database.
import { parseArgs } from "node:util";
import { actsOf, pageName } from "~/components/staff/matrix-words";
import { staffZh } from "~/i18n/zh-CN/staff";
import { accessMatrix, type MatrixRow } from "~server/staff-auth/access-matrix";
import { ROLES } from "~server/staff-auth/roles";
import { runCommand } from "./run-command";

const { matrix, roles } = staffZh;

function markdown(rows: readonly MatrixRow[]): string {
  const byRole = rows.filter(({ opensTo }) => opensTo === "roles");
  const others = rows.filter(({ opensTo }) => opensTo !== "roles");
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const table = (head: readonly string[], body: readonly (readonly string[])[]) =>
    [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
  const name = (row: MatrixRow) => `${pageName(row)} \`${row.address}\``;
  return [
    `# ${matrix.title}`,
    table(
      [matrix.page, ...ROLES.map((role) => roles[role])],
      byRole.map((row) => [
        row.demoMayWrite ? `${name(row)}（${matrix.demo}）` : name(row),
        ...ROLES.map((role) => {
          const cell = row.cells.find((one) => one.role === role);
          return cell === undefined ? "—" : `${actsOf(cell)}（${matrix.scopes[cell.scope]}）`;
        }),
      ]),
    ),
    `## ${matrix.everyoneTitle}`,
    table(
      [matrix.page, matrix.who],
      others.map((row) => [name(row), matrix[row.opensTo === "anyone" ? "anyone" : "signedIn"]]),
    ),
    `## ${matrix.scopesTitle}`,
    Object.entries(matrix.scopeHints)
      .map(([scope, hint]) => `- ${matrix.scopes[scope as keyof typeof matrix.scopes]}：${hint}`)
      .join("\n"),
    `## ${matrix.rulesTitle}`,
    Object.values(matrix.rules)
      .map((rule) => `- ${rule}`)
      .join("\n"),
  ].join("\n\n");
}

await runCommand("access:matrix", async () => {
  const { values } = parseArgs({ options: { json: { type: "boolean" } } });
  const rows = accessMatrix();
  process.stdout.write(`${values.json === true ? JSON.stringify(rows) : markdown(rows)}\n`);
  return Promise.resolve(0);
});
