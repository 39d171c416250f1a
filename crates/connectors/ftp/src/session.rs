//! A control connection that is logged in and stands in the connected folder.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};
use stowage_storage::{ErrorKind, StorageError};
use suppaftp::{
    Mode, Status,
    tokio::{AsyncRustlsFtpStream, AsyncRustlsStream, TransferStream},
    types::{FileType, Response},
};
use tokio::time::sleep;

use crate::{
    client::{Dialer, answered},
    error::Failure,
};

pub(crate) type Transfer = TransferStream<AsyncRustlsStream>;

const SENDING: [Status; 2] = [Status::AboutToSend, Status::AlreadyOpen];

/// How long a login waits alone for its answer. Some servers lose one now and then and answer the
/// next at once (vsftpd 3.0.3 with TLS: about one in two thousand), others take their time.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) struct Session {
    stream: AsyncRustlsFtpStream,
    /// Absolute path of the connected folder, without a slash at its end: empty for `/`.
    root: String,
    pub(crate) knows_mlst: bool,
    /// Whether the server was found not to know EPSV.
    is_old_fashioned: bool,
    limit: Duration,
}

impl Session {
    /// Dials, logs in, and goes to the connected folder.
    pub(crate) async fn open(dialer: &Dialer) -> Result<Self, StorageError> {
        let mut session = Self::logged_in(dialer).await?;
        session
            .set_up()
            .await
            .map_err(|failure| failure.into_error("set up the connection"))?;
        session
            .enter_root(dialer.settings.folder.as_deref())
            .await?;
        Ok(session)
    }

    /// Opens a connection and logs in, for the connection test.
    pub(crate) async fn try_login(dialer: &Dialer) -> Result<(), StorageError> {
        Self::logged_in(dialer).await.map(drop)
    }

    /// Dials and logs in, with a second connection beside one that stays without an answer.
    async fn logged_in(dialer: &Dialer) -> Result<Self, StorageError> {
        let attempt = async || {
            let mut session = Self::greeted(dialer).await?;
            session.log_in(dialer).await?;
            Ok(session)
        };
        let first = pin!(attempt());
        let first = match select(first, pin!(sleep(PATIENCE))).await {
            Either::Left((answer, _)) => return answer,
            Either::Right(((), first)) => first,
        };
        tracing::debug!("a login has no answer yet; trying another beside it");
        let second = pin!(attempt());
        let (answer, other) = select(first, second).await.factor_first();
        match answer {
            Err(error) if error.is_temporary() => other.await,
            answer => answer,
        }
    }

    async fn greeted(dialer: &Dialer) -> Result<Self, StorageError> {
        Ok(Self {
            stream: dialer.greet().await?,
            root: String::new(),
            knows_mlst: false,
            is_old_fashioned: false,
            limit: dialer.net.timeouts.command,
        })
    }

    async fn log_in(&mut self, dialer: &Dialer) -> Result<(), StorageError> {
        let known = &dialer.credentials;
        let login = self
            .stream
            .login(known.user.as_str(), known.password.as_str());
        answered(self.limit, login)
            .await
            .map_err(|failure| failure.into_error("log in"))
    }

    async fn set_up(&mut self) -> Result<(), Failure> {
        answered(self.limit, self.stream.transfer_type(FileType::Binary)).await?;
        let features = match answered(self.limit, self.stream.feat()).await {
            Ok(features) => features,
            Err(Failure::Refused(_)) => return Ok(()),
            Err(broken) => return Err(broken),
        };
        let has = |name: &str| {
            features
                .keys()
                .any(|known| known.eq_ignore_ascii_case(name))
        };
        self.knows_mlst = has("MLST") || has("MLSD");
        if has("UTF8") {
            // Servers that always speak UTF-8 may refuse to be told.
            match self.command("OPTS UTF8 ON", &[Status::CommandOk]).await {
                Ok(_) | Err(Failure::Refused(_)) => {}
                Err(broken) => return Err(broken),
            }
        }
        Ok(())
    }

    async fn enter_root(&mut self, folder: Option<&str>) -> Result<(), StorageError> {
        let shown = folder.unwrap_or("of the login");
        if let Some(folder) = folder {
            match self.change_to(folder).await {
                Ok(()) => {}
                Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
                    return Err(no_root(shown, refusal.into_error("open it")));
                }
                Err(failure) => return Err(failure.into_error("open the folder")),
            }
        }
        let asked = self.command("PWD", &[Status::PathCreated]).await;
        let told = asked.map_err(|failure| failure.into_error("ask for the folder's path"))?;
        let Some(root) = quoted(&told.body) else {
            let what = format!("the server's path of the folder {shown} is not UTF-8; rename it");
            return Err(StorageError::new(ErrorKind::InvalidSettings, what));
        };
        root.trim_end_matches('/').clone_into(&mut self.root);
        Ok(())
    }

    /// Makes sure that the connected folder still is there.
    pub(crate) async fn check_root(&mut self) -> Result<(), StorageError> {
        let root = self.absolute("");
        match self.change_to(&root).await {
            Ok(()) => Ok(()),
            Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
                Err(no_root(&root, refusal.into_error("open it")))
            }
            Err(failure) => Err(failure.into_error("open the folder")),
        }
    }

    /// Returns the path that the server knows something below the root by.
    pub(crate) fn absolute(&self, path: &str) -> String {
        match (self.root.as_str(), path) {
            ("", "") => "/".to_owned(),
            (root, "") => root.to_owned(),
            (root, path) => format!("{root}/{path}"),
        }
    }

    pub(crate) async fn command(
        &mut self,
        command: &str,
        expected: &[Status],
    ) -> Result<Response, Failure> {
        answered(self.limit, self.stream.custom_command(command, expected)).await
    }

    /// Asks something about a path below the root.
    pub(crate) async fn ask(
        &mut self,
        verb: &str,
        path: &str,
        expected: &[Status],
    ) -> Result<Response, Failure> {
        let command = format!("{verb} {}", self.absolute(path));
        self.command(&command, expected).await
    }

    async fn change_to(&mut self, folder: &str) -> Result<(), Failure> {
        let expected = [Status::RequestedFileActionOk, Status::CommandOk];
        let command = format!("CWD {folder}");
        self.command(&command, &expected).await.map(drop)
    }

    pub(crate) async fn change_below(&mut self, path: &str) -> Result<(), Failure> {
        let folder = self.absolute(path);
        self.change_to(&folder).await
    }

    pub(crate) async fn rename(&mut self, from: &str, to: &str) -> Result<(), Failure> {
        self.ask("RNFR", from, &[Status::RequestFilePending])
            .await?;
        let expected = [Status::RequestedFileActionOk, Status::CommandOk];
        self.ask("RNTO", to, &expected).await.map(drop)
    }

    /// Makes sure that the connection answers.
    pub(crate) async fn nudge(&mut self) -> Result<(), Failure> {
        answered(self.limit, self.stream.noop()).await
    }

    /// Starts a listing of the folder where the session stands.
    pub(crate) async fn begin_listing(&mut self, command: &str) -> Result<Transfer, Failure> {
        for _ in 0..2 {
            let begun = self.stream.custom_data_command(command, &SENDING);
            match answered(self.limit, begun).await {
                Ok((_, transfer)) => return Ok(transfer),
                Err(failure) => self.fall_back(failure).await?,
            }
        }
        Err(passive_failed())
    }

    /// Starts to read a file at `offset`.
    pub(crate) async fn begin_read(
        &mut self,
        path: &str,
        offset: u64,
    ) -> Result<Transfer, Failure> {
        let file = self.absolute(path);
        for _ in 0..2 {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            answered(self.limit, self.stream.resume_transfer(from)).await?;
            match answered(self.limit, self.stream.retr_as_stream(&file)).await {
                Ok(transfer) => return Ok(transfer),
                Err(failure) => self.fall_back(failure).await?,
            }
        }
        Err(passive_failed())
    }

    /// Starts to write a file.
    pub(crate) async fn begin_write(&mut self, path: &str) -> Result<Transfer, Failure> {
        let file = self.absolute(path);
        for _ in 0..2 {
            match answered(self.limit, self.stream.put_with_stream(&file)).await {
                Ok(transfer) => return Ok(transfer),
                Err(failure) => self.fall_back(failure).await?,
            }
        }
        Err(passive_failed())
    }

    /// A server that does not know EPSV is asked with PASV from then on. Whether it was EPSV that
    /// it does not know, or the command behind it, shows when EPSV is asked alone.
    async fn fall_back(&mut self, failure: Failure) -> Result<(), Failure> {
        let is_unknown = matches!(&failure, Failure::Refused(refusal) if refusal.is_unknown());
        if !is_unknown || self.is_old_fashioned {
            return Err(failure);
        }
        match self.command("EPSV", &[Status::ExtendedPassiveMode]).await {
            Err(Failure::Refused(refusal)) if refusal.is_unknown() => {
                self.stream.set_mode(Mode::Passive);
                self.is_old_fashioned = true;
                Ok(())
            }
            _ => Err(failure),
        }
    }

    /// Ends a transfer: only here it shows whether the server sent or took all of it.
    pub(crate) async fn finish(&mut self, transfer: Transfer) -> Result<(), Failure> {
        answered(self.limit, transfer.finish()).await
    }
}

fn passive_failed() -> Failure {
    Failure::broken(
        ErrorKind::Unsupported,
        "the server opens no passive data connections",
    )
}

fn no_root(shown: &str, error: StorageError) -> StorageError {
    let what = format!("the folder {shown} is not there, or may not be opened: {error}");
    StorageError::new(ErrorKind::RootNotFound, what)
}

/// Takes the path out of `257 "/path" is …`. Quotes inside are doubled.
fn quoted(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let start = text.find('"')? + 1;
    let end = text.rfind('"')?;
    (start <= end).then(|| text[start..end].replace("\"\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_path_out_of_the_answer() {
        for (answer, path) in [
            ("257 \"/\" is the current directory.\r\n", Some("/")),
            ("257 \"/a \"\"b\"\"/c\"\r\n", Some("/a \"b\"/c")),
            ("257 nothing here\r\n", None),
        ] {
            assert_eq!(quoted(answer.as_bytes()).as_deref(), path, "{answer}");
        }
    }
}
