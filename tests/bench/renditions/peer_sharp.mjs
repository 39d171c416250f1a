// Renders one file with sharp and prints what it cost.
//
//   node peer_sharp.mjs three|cascade <file> <times> [<folder>]
//
// `three` decodes once and makes three clones, the way its documentation shows; `cascade` makes
// each size from the one before. Both write baseline 4:2:0 with the standard Huffman tables, as
// ours does.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const require = createRequire(`${process.env.BENCH_MODULES}/`);
const sharp = require('sharp');

const [mode, file, times, folder] = process.argv.slice(2);
const SIZES = [[2560, 85], [1280, 80], [320, 80]];

sharp.concurrency(1);
sharp.cache(false);

const fit = (size) => [size, size, { fit: 'inside', withoutEnlargement: true }];
const encode = (image, quality) =>
  image.jpeg({ quality, optimiseCoding: false, chromaSubsampling: '4:2:0' }).toBuffer();

async function three() {
  const original = sharp(readFileSync(file)).autoOrient();
  return Promise.all(
    SIZES.map(([size, quality]) => encode(original.clone().resize(...fit(size)), quality)),
  );
}

async function cascade() {
  const outputs = [];
  const original = sharp(readFileSync(file)).autoOrient().resize(...fit(SIZES[0][0]));
  let current = await original.raw().toBuffer({ resolveWithObject: true });
  for (const [size, quality] of SIZES) {
    if (size !== SIZES[0][0]) {
      const smaller = sharp(current.data, { raw: current.info }).resize(...fit(size));
      current = await smaller.raw().toBuffer({ resolveWithObject: true });
    }
    outputs.push(await encode(sharp(current.data, { raw: current.info }), quality));
  }
  return outputs;
}

const render = { three, cascade }[mode];
const started = process.cpuUsage();
let outputs = [];
for (let index = 0; index < Number(times); index += 1) outputs = await render();
const { user, system } = process.cpuUsage(started);
if (folder) outputs.forEach((bytes, index) => writeFileSync(`${folder}/${SIZES[index][0]}.jpg`, bytes));
const [, peak] = readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s*(\d+)/);
console.log(JSON.stringify({
  cpu_ms: (user + system) / 1000 / Number(times),
  peak_mib: Math.floor(Number(peak) / 1024),
  version: sharp.versions.sharp,
}));
