// Sends one file with tus-js-client, and goes on where an earlier process was. Says how far it is, a line a time.
import { createReadStream } from "node:fs";
import { FileUrlStorage, Upload } from "tus-js-client";

const [endpoint, key, file, state] = process.argv.slice(2);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const upload = new Upload(createReadStream(file), {
  endpoint,
  headers: { Authorization: `Bearer ${key}` },
  metadata: { filename: file.split("/").pop() },
  urlStorage: new FileUrlStorage(state),
  retryDelays: null,
  onUploadUrlAvailable: () => say({ url: upload.url }),
  onProgress: (sent) => say({ sent }),
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => {
    say({ url: upload.url, done: true });
    process.exit(0);
  },
});
const [previous] = await upload.findPreviousUploads();
if (previous) upload.resumeFromPreviousUpload(previous);
upload.start();
