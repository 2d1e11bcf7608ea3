// Runs as a process of its own that may die or hang: takes a picture's bytes on its standard input and writes the same
// picture without any metadata to its standard output. argv: type (jpg, png, webp), most pixels. Reads and writes no
// file; what goes wrong is told by the exit code alone, since messages may repeat what a picture holds.
import sharp from "sharp";

const [type, pixels] = process.argv.slice(2);
const LOADERS = { jpg: "Jpeg", png: "Png", webp: "Webp" };
const SAVED = {
  jpg: (image) => image.jpeg({ quality: 88 }),
  png: (image) => image.png({ compressionLevel: 6 }),
  webp: (image) => image.webp({ quality: 88 }),
};

async function strip() {
  if (!Object.hasOwn(LOADERS, type)) throw new Error("type");
  sharp.cache(false);
  sharp.concurrency(1);
  // Only the decoder of the type its first bytes told, and only from memory.
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: [`VipsForeignLoad${LOADERS[type]}Buffer`] });
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  const image = sharp(Buffer.concat(parts), {
    limitInputPixels: Number(pixels),
    failOn: "error",
  }).autoOrient();
  const copy = await SAVED[type](image).toBuffer();
  await new Promise((resolve, reject) => {
    process.stdout.write(copy, (error) => (error ? reject(error) : resolve()));
  });
}

strip().then(
  () => process.exit(0),
  () => process.exit(3),
);
