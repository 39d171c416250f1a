//! Every failpoint there is: before and after each effect outside the process, and each commit, of
//! uploads, imports, pictures, transfers, purges and what is cleared away after them.

use std::{fmt, str::FromStr};

use crate::PlanError;

macro_rules! failpoints {
    ($($(#[$doc:meta])* $point:ident = $name:literal in $process:literal,)+) => {
        /// A place in the code where a process can be told to die.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Failpoint {
            $($(#[$doc])* $point,)+
        }

        impl Failpoint {
            pub const ALL: &'static [Self] = &[$(Self::$point,)+];

            /// Returns its name: the subject, and what has just happened.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$point => $name,)+ }
            }

            /// Returns the service that passes it.
            pub const fn process(self) -> &'static str {
                match self { $(Self::$point => $process,)+ }
            }
        }
    };
}

failpoints! {
    /// The row of a piece is committed, its bytes are not written.
    PieceAnnounced = "piece.announced" in "gateway",
    /// The bytes of a piece are written, the upload's end has not moved.
    PieceWritten = "piece.written" in "gateway",
    /// The upload's end has moved; nobody was told.
    PieceKept = "piece.kept" in "gateway",

    /// The pieces of an upload are read, nothing is written.
    UploadRead = "upload.read" in "ingest",
    /// The hash stands in the upload's row, its original is not written.
    UploadHashed = "upload.hashed" in "ingest",
    /// The original is written, no row speaks of it.
    UploadWritten = "upload.written" in "ingest",
    /// The upload is an asset; the job does not know.
    UploadStored = "upload.stored" in "ingest",

    /// A file is read, nothing is written.
    ImportRead = "import.read" in "ingest",
    /// The row of a spool copy is committed, its bytes are not written.
    ImportAnnounced = "import.announced" in "ingest",
    /// The spool copy is written, the asset is not recorded.
    ImportSpooled = "import.spooled" in "ingest",
    /// The asset is recorded; the job does not know.
    ImportRecorded = "import.recorded" in "ingest",

    /// The pictures of a photograph are made, none is written.
    RenderMade = "render.made" in "thumbnailer",
    /// They are written, no row names them.
    RenderStored = "render.stored" in "thumbnailer",
    /// They are recorded; the job does not know.
    RenderRecorded = "render.recorded" in "thumbnailer",

    /// A transfer is begun, nothing is read.
    TransferBegun = "transfer.begun" in "ingest",
    /// The original is read, no name is reserved.
    TransferRead = "transfer.read" in "ingest",
    /// A name in the target is reserved by its row, nothing is written.
    TransferReserved = "transfer.reserved" in "ingest",
    /// The target has taken the copy, no row says so.
    TransferWritten = "transfer.written" in "ingest",
    /// That the target has taken it is committed, nobody has compared it.
    TransferCopied = "transfer.copied" in "ingest",
    /// The copy was read back, the comparison is not recorded.
    TransferCompared = "transfer.compared" in "ingest",
    /// The copy is the original and the intent to take the source away is committed; the job does
    /// not know.
    TransferCommitted = "transfer.committed" in "ingest",
    /// A storage has taken an object; nobody was told.
    WriteDone = "write.done" in "storage-connector",

    /// The row of a copy in the cold backup is committed, nothing is written.
    BackupNoted = "backup.noted" in "retention-purger",
    /// The backup has taken the copy, nobody has read it back.
    BackupWritten = "backup.written" in "retention-purger",
    /// That the copy is the original is recorded; the job does not know.
    BackupRecorded = "backup.recorded" in "retention-purger",
    /// The copy is gone from the backup, its row is there.
    BackupDeleted = "backup.deleted" in "retention-purger",

    /// Spool copies are taken by their rows, and lie there still.
    SpoolTaken = "spool.taken" in "retention-purger",
    /// A spool copy is deleted, its row is there.
    SpoolDeleted = "spool.deleted" in "retention-purger",
    /// The rows are gone too.
    SpoolForgotten = "spool.forgotten" in "retention-purger",
    /// Pieces of uploads are taken by their rows, and lie there still.
    PiecesTaken = "pieces.taken" in "retention-purger",
    /// A piece is deleted, its row is there.
    PiecesDeleted = "pieces.deleted" in "retention-purger",
    /// The rows are gone too.
    PiecesForgotten = "pieces.forgotten" in "retention-purger",

    /// A stretch of the bin is planned; the job does not know.
    PurgePlanned = "purge.planned" in "retention-purger",
    /// An asset is about to be taken out of the library.
    PurgeBegun = "purge.begun" in "retention-purger",
    /// It is out of the library, its intents are committed.
    PurgeTaken = "purge.taken" in "retention-purger",
    /// An object in central storage is about to be deleted.
    PurgeDeleting = "purge.deleting" in "retention-purger",
    /// It is deleted; its row is there.
    PurgeDeleted = "purge.deleted" in "retention-purger",
    /// The asset is purged; the job does not know.
    PurgeFinished = "purge.finished" in "retention-purger",

    /// A deletion outside is about to be looked at.
    DeleteBegun = "delete.begun" in "retention-purger",
    /// The attempt is committed, nothing is asked.
    DeleteNoted = "delete.noted" in "retention-purger",
    /// The storage has proved itself, and is about to be asked to delete.
    DeleteProven = "delete.proven" in "retention-purger",
    /// The storage has answered, the answer is not recorded.
    DeleteAnswered = "delete.answered" in "retention-purger",
    /// The answer is recorded; the job does not know.
    DeleteRecorded = "delete.recorded" in "retention-purger",
    /// Which copy under a name that nobody wants is to go is committed, nothing is asked.
    LeftoverNoted = "leftover.noted" in "retention-purger",
    /// It is gone from its storage, its row is there.
    LeftoverDeleted = "leftover.deleted" in "retention-purger",
    /// Its row is gone too.
    LeftoverForgotten = "leftover.forgotten" in "retention-purger",
    /// The object was looked at and is the one that is meant.
    DeleteLooked = "delete.looked" in "storage-connector",
    /// The storage says that it is deleted; nobody was told.
    DeleteDone = "delete.done" in "storage-connector",
    /// A file of an FTP server was looked at, and is about to be taken away.
    QuarantineTaking = "quarantine.taking" in "storage-connector",
    /// A file of an FTP server is taken away under another name.
    QuarantineTaken = "quarantine.taken" in "storage-connector",
    /// It was looked at there, and is about to be deleted.
    QuarantineLooked = "quarantine.looked" in "storage-connector",
    /// It is deleted, the folder that it lay in is there.
    QuarantineDeleted = "quarantine.deleted" in "storage-connector",
}

impl fmt::Display for Failpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Failpoint {
    type Err = PlanError;

    fn from_str(name: &str) -> Result<Self, PlanError> {
        let found = Self::ALL.iter().find(|point| point.name() == name);
        found.copied().ok_or_else(|| PlanError::NoSuchPoint {
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_failpoint_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Failpoint::ALL.iter().map(|point| point.name()).collect();
        assert_eq!(names.len(), Failpoint::ALL.len());
        for point in Failpoint::ALL {
            assert_eq!(point.name().parse(), Ok(*point));
        }
    }
}
