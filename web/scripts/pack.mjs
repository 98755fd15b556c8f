// The first view's scripts, compressed, stay under 300 kB: what index.html names, and what those import at once.
// Compresses every file of dist/ that gains by it (FILE.gz), which is what the server has inside.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 300_000;
const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');

const index = readFileSync(join(dist, 'index.html'), 'utf8');
const first = new Set([...index.matchAll(/(?:src|href)="\/ui\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]));
for (const name of first) {
  const text = readFileSync(join(dist, name), 'utf8');
  for (const match of text.matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) {
    first.add(posix.join(posix.dirname(name), match[1]));
  }
}
let total = 0;
for (const name of first) total += gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;

let files = 0;
let all = 0;
for (const entry of readdirSync(join(dist, 'assets'))) {
  const file = join(dist, 'assets', entry);
  files += 1;
  if (/\.(js|css|svg)$/.test(entry)) {
    const squeezed = gzipSync(readFileSync(file), { level: 9 });
    writeFileSync(`${file}.gz`, squeezed);
    rmSync(file);
    all += squeezed.length;
  } else {
    all += statSync(file).size;
  }
}
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`web: first view ${kb(total)} of compressed script, ${files} files of ${kb(all)} in all`);
if (first.size === 0 || total > LIMIT_BYTES) {
  console.error(`web: the first view may have ${kb(LIMIT_BYTES)} of compressed script`);
  rmSync(join(dist, 'index.html')); // or the next build would take this one for good
  process.exit(1);
}
