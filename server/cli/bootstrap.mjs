// The one entry behind every npm script: it works on a machine that has only Node and git, so
// nothing here may import a package. The rest is loaded after the version check, because an old
// Node would otherwise answer with a syntax error instead of a sentence.
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`需要 Node 20.19 或更新版本，当前为 ${process.versions.node}。 / Node >= 20.19 is required.`);
  process.exitCode = 1;
} else {
  import("./bootstrap/run-target.mjs")
    .then(({ runTarget }) => runTarget(process.argv[2], process.argv.slice(3)))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error) => {
        console.error(error instanceof Error && error.plain ? error.message : error);
        process.exitCode = 1;
      },
    );
}
