/** A file and where it lay below what a person dropped or chose: `2024/Rome/a.jpg`. */
export interface Chosen {
  file: File;
  path: string;
}

/** Whether something that is dragged over the page holds files. */
export function holdsFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

/** Everything that was dropped, folders with all that is in them. Call it within the event: what it holds is gone after. */
export async function filesOf(transfer: DataTransfer): Promise<Chosen[]> {
  const entries: FileSystemEntry[] = [];
  const plain: Chosen[] = [];
  for (const item of transfer.items) {
    const entry = item.webkitGetAsEntry();
    if (entry) entries.push(entry);
    else {
      const file = item.getAsFile();
      if (file) plain.push({ file, path: file.name });
    }
  }
  const found = await Promise.all(entries.map((entry) => below(entry, "")));
  return [...plain, ...found.flat()];
}

/** What a file or folder input holds. */
export function chosenOf(files: FileList): Chosen[] {
  return Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Files that systems leave behind in folders, and nobody means to upload. */
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini", ".picasa.ini"]);

export const isLitter = (name: string): boolean => LITTER.has(name) || name.startsWith("._");

async function below(entry: FileSystemEntry, folder: string): Promise<Chosen[]> {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    // A folder is taken for its photographs; a file that was dropped by itself is meant.
    return folder && isLitter(file.name) ? [] : [{ file, path }];
  }
  if (!isFolder(entry)) return [];
  const found: Chosen[] = [];
  for (const child of await children(entry)) found.push(...(await below(child, path)));
  return found;
}

/** Browsers hand a folder out in parts, until one is empty. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return all;
    all.push(...part);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
