// Photographs that the browser draws, so that the tests need none from elsewhere.
import { mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { withExif } from "./exif.js";

/** Draws a landscape of its own for every `seed`: two pictures never have the same content. */
export async function draw(page, { width, height, seed, type = "image/jpeg" }) {
  const encoded = await page.evaluate(
    async ([width, height, seed, type]) => {
      const canvas = new OffscreenCanvas(width, height);
      const paint = canvas.getContext("2d");
      const hue = (seed * 47) % 360;
      const sky = paint.createLinearGradient(0, 0, 0, height);
      sky.addColorStop(0, `hsl(${hue} 55% 62%)`);
      sky.addColorStop(1, `hsl(${(hue + 40) % 360} 70% 85%)`);
      paint.fillStyle = sky;
      paint.fillRect(0, 0, width, height);
      paint.fillStyle = "hsl(45 90% 80%)";
      paint.beginPath();
      paint.arc(width * (0.2 + ((seed * 13) % 60) / 100), height * 0.3, height * 0.09, 0, 7);
      paint.fill();
      for (let ridge = 0; ridge < 3; ridge += 1) {
        paint.fillStyle = `hsl(${(hue + 150) % 360} 30% ${38 - ridge * 10}%)`;
        paint.beginPath();
        paint.moveTo(0, height);
        for (let x = 0; x <= width; x += width / 24) {
          const wave = Math.sin(x / (width / (4 + ridge + (seed % 5))) + seed + ridge);
          paint.lineTo(x, height * (0.55 + ridge * 0.12 + wave * 0.07));
        }
        paint.lineTo(width, height);
        paint.fill();
      }
      const blob = await canvas.convertToBlob({ type, quality: 0.9 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    },
    [width, height, seed, type],
  );
  return Buffer.from(encoded, "base64");
}

/** Writes a file as if it had been there since `changed`: a scan leaves alone what is still being written. */
export async function place(folder, name, bytes, changed) {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  await utimes(file, changed, changed);
  return file;
}

const SHAPES = [
  [1200, 800],
  [800, 1200],
  [1600, 900],
  [1000, 1000],
];

/** The month of the nth picture: some months have several. */
export const monthOf = (n) => new Date(Date.UTC(2022, Math.floor(n / 4), 3 + (n % 4) * 6, 12, 0, n % 60));

export async function placePicture(page, folder, name, n) {
  const [width, height] = SHAPES[n % SHAPES.length];
  const type = name.endsWith(".png") ? "image/png" : "image/jpeg";
  const bytes = await draw(page, { width, height, seed: n + 1, type });
  await place(folder, name, bytes, monthOf(n));
}

export const CAMERA = {
  make: "Lumen",
  model: "Lumen 7",
  taken: "2024:03:09 17:45:12",
  exposure: [1, 250],
  fNumber: [28, 10],
  iso: 400,
  latitude: 60.397,
  longitude: 5.324,
};

/** How many files `placeLibrary` writes. */
export const LIBRARY_FILES = 21;

/** The folder that most tests read: what is in it, by what becomes of it. */
export async function placeLibrary(page, folder) {
  const pictures = [];
  for (let n = 0; n < 18; n += 1) {
    const name = `${n % 2 === 0 ? "Travels/Norway" : "Family/Garden"}/picture-${String(n).padStart(2, "0")}.${n % 6 === 5 ? "png" : "jpg"}`;
    await placePicture(page, folder, name, n);
    pictures.push(name);
  }
  const plain = await draw(page, { width: 1500, height: 1000, seed: 900 });
  const fjord = withExif(plain, CAMERA);
  await place(folder, "Travels/Norway/fjord.jpg", fjord, new Date("2024-03-10T08:00:00Z"));
  pictures.push("Travels/Norway/fjord.jpg");

  const torn = (await draw(page, { width: 400, height: 300, seed: 901, type: "image/png" })).subarray(0, 300);
  await place(folder, "Odd/torn.png", torn, new Date("2024-02-02T08:00:00Z"));
  await place(folder, "Odd/plan.pdf", Buffer.from("%PDF-1.4\n%%EOF\n"), new Date("2024-02-03T08:00:00Z"));
  return { pictures, broken: ["Odd/torn.png"], unsupported: ["Odd/plan.pdf"] };
}
