//! The quota of an FTP server's user, used up and given back as another program would: the server
//! counts what goes through it, and not what lies on its disk.

use std::{fs, io};

use crate::{
    Uploads,
    upload::{answer, say, sign_in, store},
};

/// What the test server's user may have.
const QUOTA: usize = 2 * 1024 * 1024;

/// What is left of it: room for a marker file, and for no photograph.
const LEFT: usize = 2 * 1024;

/// A file that fills the quota.
#[derive(Debug)]
pub struct Quota<'a> {
    uploads: &'a Uploads,
}

impl<'a> Quota<'a> {
    /// Has the server count anew: files of earlier tests went behind its back.
    pub fn of(uploads: &'a Uploads) -> Self {
        let counted = uploads.ftp.folder.join(".ftpquota");
        let _ = fs::remove_file(counted);
        Self { uploads }
    }

    fn path(&self) -> String {
        format!("{}/.Trash-filler", self.uploads.folder)
    }

    pub async fn use_up(&self) {
        let done = async {
            let mut control = sign_in(&self.uploads.ftp).await?;
            let mut data = store(&mut control, &self.path()).await?;
            tokio::io::AsyncWriteExt::write_all(&mut data, &vec![1; QUOTA - LEFT]).await?;
            drop(data);
            answer(&mut control, "226").await.map(drop)
        };
        let done: io::Result<()> = done.await;
        done.expect("the quota can be used up");
    }

    pub async fn give_back(&self) {
        let done = async {
            let mut control = sign_in(&self.uploads.ftp).await?;
            say(&mut control, &format!("DELE {}", self.path())).await?;
            answer(&mut control, "250").await.map(drop)
        };
        let done: io::Result<()> = done.await;
        done.expect("the quota can be given back");
    }
}
