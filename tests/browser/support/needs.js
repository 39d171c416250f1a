// What the tests need of the machine. What is absent is skipped by name, or fails where everything has to be there.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

const inRepository = (name) => path.resolve(repository, name);

export const stowageProgram = inRepository(process.env.STOWAGE_BIN || "target/debug/stowage");
export const chromiumProgram = process.env.STOWAGE_TEST_CHROMIUM || "/usr/bin/chromium";
/** Photographs from elsewhere, where they lie beside the repository. */
export const sharedPhotos = path.resolve(repository, "../shared/photos");

/** An S3 server that checks signatures, with the key it knows. */
export const s3 = process.env.STOWAGE_TEST_RCLONE_S3_URL
  ? {
      url: process.env.STOWAGE_TEST_RCLONE_S3_URL,
      accessKey: process.env.STOWAGE_TEST_RCLONE_S3_ACCESS_KEY,
    }
  : null;

/** An FTP server that knows MLSD and TLS, and the certificate that it signed itself. */
export const ftp = process.env.STOWAGE_TEST_PYFTPD_TLS_URL
  ? {
      plain: new URL(process.env.STOWAGE_TEST_PYFTPD_URL),
      encrypted: new URL(process.env.STOWAGE_TEST_PYFTPD_TLS_URL),
      folder: process.env.STOWAGE_TEST_PYFTPD_FOLDER,
      certificate: process.env.STOWAGE_TEST_PYFTPD_CERTIFICATE,
    }
  : null;

/** A Python that has tuspy. */
export const tuspyPython = process.env.STOWAGE_TEST_TUSPY_PYTHON || null;

const isAllRequired = process.env.STOWAGE_REQUIRE_ALL_BACKENDS === "1";

/** False, or why the tests cannot run; throws where nothing may be missing. */
function missing(what) {
  if (isAllRequired) throw new Error(what);
  return what;
}

function look() {
  if (!existsSync(stowageProgram)) {
    return missing(`${stowageProgram} is not there: build it, or set STOWAGE_BIN`);
  }
  if (!existsSync(chromiumProgram)) {
    return missing(`${chromiumProgram} is not there: install Chromium, or set STOWAGE_TEST_CHROMIUM`);
  }
  return false;
}

export const skip = look();
/** Like `skip`, for what needs the S3 server, too. */
export const skipWithoutS3 = skip || (s3 ? false : missing("STOWAGE_TEST_RCLONE_S3_URL is not set"));
export const skipWithoutFtp = skip || (ftp ? false : missing("STOWAGE_TEST_PYFTPD_TLS_URL is not set"));
export const skipWithoutTuspy =
  skip || (tuspyPython ? false : missing("STOWAGE_TEST_TUSPY_PYTHON is not set"));
