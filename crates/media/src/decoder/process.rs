//! One child, seen from the parent.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::render::{RenderSpec, Rendered};

use super::wire::{self, Hello, Job, Limits, Reply};
use super::{DecodeError, DecoderOptions, SandboxReport};

/// A child that says nothing for so long at its start is not going to.
const HELLO_LIMIT: Duration = Duration::from_secs(10);
/// How long a child that closed its pipes may take to be gone.
const EXIT_LIMIT: Duration = Duration::from_secs(2);

pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    errors: ChildStderr,
    report: SandboxReport,
}

impl Process {
    pub(super) async fn start(options: &DecoderOptions) -> Result<Self, DecodeError> {
        let mut child = Command::new(&options.program)
            .args(&options.args)
            // Settings and secrets of the parent are none of the child's business.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(DecodeError::Spawn)?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(DecodeError::Spawn(io::Error::other(
                "the pipes are missing",
            )));
        };
        let report = SandboxReport::default();
        let mut process = Self {
            child,
            input,
            output,
            errors,
            report,
        };
        let limits = Limits {
            address_space: options.address_space,
            cpu_seconds_per_job: options.cpu_limit.as_secs().max(1),
            jobs: options.recycle_after,
        };
        let hello = timeout(HELLO_LIMIT, process.greet(&limits)).await;
        match hello {
            Ok(Ok(hello)) => process.report = hello.into(),
            Ok(Err(Broken::Pipe(error))) => {
                process.stop().await;
                return Err(DecodeError::Spawn(error));
            }
            Ok(Err(Broken::Message(reason))) => {
                process.stop().await;
                return Err(DecodeError::Protocol { reason });
            }
            Err(_) => {
                process.stop().await;
                return Err(DecodeError::Spawn(io::ErrorKind::TimedOut.into()));
            }
        }
        Ok(process)
    }

    pub(super) fn report(&self) -> &SandboxReport {
        &self.report
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    async fn greet(&mut self, limits: &Limits) -> Result<Hello, Broken> {
        self.input.write_all(&wire::frame(limits)).await?;
        self.receive().await
    }

    pub(super) async fn render(
        &mut self,
        bytes: Bytes,
        spec: &RenderSpec,
        options: &DecoderOptions,
    ) -> Result<Rendered, DecodeError> {
        let job = Job::new(bytes.len(), spec);
        let exchange = async {
            self.input.write_all(&wire::frame(&job)).await?;
            self.input.write_all(&bytes).await?;
            self.input.flush().await?;
            self.receive::<Reply>().await
        };
        match timeout(options.wall_limit, exchange).await {
            Err(_) => Err(DecodeError::TimedOut),
            Ok(Ok(reply)) => match reply.into_result() {
                Some(result) => result.map_err(DecodeError::Render),
                None => Err(DecodeError::Protocol {
                    reason: "an empty reply".into(),
                }),
            },
            Ok(Err(Broken::Message(reason))) => Err(DecodeError::Protocol { reason }),
            Ok(Err(Broken::Pipe(error))) => Err(self.cause_of_death(error).await),
        }
    }

    async fn receive<M: Message + Default>(&mut self) -> Result<M, Broken> {
        let length = self.output.read_u32_le().await?;
        if length > wire::MAX_MESSAGE {
            return Err(Broken::Message(format!("a message of {length} bytes")));
        }
        let mut message = vec![0; length as usize];
        self.output.read_exact(&mut message).await?;
        M::decode(message.as_slice()).map_err(|error| Broken::Message(error.to_string()))
    }

    /// Finds out why the pipes broke.
    async fn cause_of_death(&mut self, error: io::Error) -> DecodeError {
        let Ok(Ok(status)) = timeout(EXIT_LIMIT, self.child.wait()).await else {
            return DecodeError::Protocol {
                reason: format!("its pipe broke: {error}"),
            };
        };
        let mut said = Vec::new();
        let mut errors = (&mut self.errors).take(4096);
        let _ = timeout(EXIT_LIMIT, errors.read_to_end(&mut said)).await;
        // What Rust and C++ say before they abort; libjpeg-turbo reports it as an error.
        let said = String::from_utf8_lossy(&said);
        if said.contains("memory allocation of") {
            return DecodeError::OutOfMemory;
        }
        if is_out_of_time(status) {
            return DecodeError::TimedOut;
        }
        DecodeError::Crashed { status }
    }

    /// Kills the child and waits until it is gone.
    pub(super) async fn stop(&mut self) {
        // Fails when the child is gone already, which is what is wanted.
        let _ = self.child.kill().await;
    }
}

/// Whether the kernel ended the child for its processor time.
pub(super) fn is_out_of_time(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(libc::SIGXCPU)
}

enum Broken {
    Pipe(io::Error),
    Message(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Pipe(error)
    }
}
