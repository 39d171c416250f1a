// Writes into a JPEG what a camera would have written.

const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;

const ascii = (text) => ({ type: ASCII, bytes: Buffer.from(`${text}\0`, "latin1"), count: text.length + 1 });
const short = (value) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return { type: SHORT, bytes, count: 1 };
};
const long = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { type: LONG, bytes, count: 1 };
};
const rationals = (...pairs) => {
  const bytes = Buffer.alloc(pairs.length * 8);
  pairs.forEach(([over, under], at) => {
    bytes.writeUInt32LE(over, at * 8);
    bytes.writeUInt32LE(under, at * 8 + 4);
  });
  return { type: RATIONAL, bytes, count: pairs.length };
};

/** One directory of tags at `start`, followed by the values that do not fit into it. */
function directory(start, tags) {
  const entries = Object.entries(tags).sort(([a], [b]) => a - b);
  const head = Buffer.alloc(2 + entries.length * 12 + 4);
  head.writeUInt16LE(entries.length);
  const tail = [];
  let free = start + head.length;
  entries.forEach(([tag, { type, bytes, count }], index) => {
    const at = 2 + index * 12;
    head.writeUInt16LE(Number(tag), at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    if (bytes.length <= 4) return void bytes.copy(head, at + 8);
    head.writeUInt32LE(free, at + 8);
    const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    tail.push(even);
    free += even.length;
  });
  return Buffer.concat([head, ...tail]);
}

const degrees = (value) => {
  const whole = Math.floor(value);
  const minutes = Math.floor((value - whole) * 60);
  const seconds = Math.round(((value - whole) * 60 - minutes) * 60 * 100);
  return rationals([whole, 1], [minutes, 1], [seconds, 100]);
};

/** Puts a camera, a time (`2023:06:17 09:30:00`), an exposure and a place behind the first marker of a JPEG. */
export function withExif(jpeg, { make, model, taken, exposure, fNumber, iso, latitude, longitude }) {
  const detail = {
    0x829a: rationals(exposure),
    0x829d: rationals(fNumber),
    0x8827: short(iso),
    0x9003: ascii(taken),
  };
  const place = { 1: ascii("N"), 2: degrees(latitude), 3: ascii("E"), 4: degrees(longitude) };
  const first = (detailAt, placeAt) =>
    directory(8, {
      0x010f: ascii(make),
      0x0110: ascii(model),
      0x8769: long(detailAt),
      0x8825: long(placeAt),
    });
  const detailAt = 8 + first(0, 0).length;
  const details = directory(detailAt, detail);
  const placeAt = detailAt + details.length;
  const tiff = [Buffer.from("II*\0\x08\0\0\0", "latin1"), first(detailAt, placeAt), details, directory(placeAt, place)];
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), ...tiff]);
  const marker = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)]);
}
