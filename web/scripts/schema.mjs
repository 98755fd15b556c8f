// Writes src/api/schema.d.ts and src/api/operations.ts from the OpenAPI document of a wharf binary.
// node scripts/schema.mjs [--check] [BINARY]; with --check it writes nothing and fails when they are not up to date.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv.slice(2);
const check = wanted[0] === '--check';
const binary = (check ? wanted[1] : wanted[0]) ?? join(here, '../build/release/wharf');
const document = JSON.parse(execFileSync(binary, ['openapi'], { maxBuffer: 1 << 26, encoding: 'utf8' }));

// What the web UI calls is API v1, and what it reads of an answer is its success: the rest only makes the types long.
for (const [path, item] of Object.entries(document.paths)) {
  if (item.servers) delete document.paths[path];
  for (const operation of Object.values(item)) {
    for (const status of Object.keys(operation.responses ?? {})) {
      if (!status.startsWith('2')) delete operation.responses[status];
    }
  }
}

const types = `// Made by scripts/schema.mjs from \`wharf openapi\`: do not edit.\n${astToString(await openapiTS(document))}`;

const verbs = ['get', 'put', 'post', 'delete', 'patch'];
const rows = [];
for (const [path, item] of Object.entries(document.paths)) {
  const base = document.servers[0].url;
  for (const verb of verbs) {
    if (item[verb]) rows.push(`  ${item[verb].operationId}: '${verb.toUpperCase()} ${base}${path}',`);
  }
}
const table = `// Made by scripts/schema.mjs from \`wharf openapi\`: do not edit.

/** Verb and path of each operation. */
export const operationTable = {
${rows.join('\n')}
} as const;
`;

let stale = false;
for (const [name, text] of [['schema.d.ts', types], ['operations.ts', table]]) {
  const file = join(here, 'src/api', name);
  if (!check) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`web/src/api/${name} is not what ${binary} gives: run \`npm run schema\` in web/`);
    stale = true;
  }
}
process.exit(stale ? 1 : 0);
