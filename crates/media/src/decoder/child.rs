//! The child: locks itself in, then renders what it is given until its input ends.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use prost::Message;

use crate::render::{RenderError, Renderer};

use super::helper;
use super::sandbox;
use super::wire::{self, Job, Limits, Reply};

/// Runs the decoding child over standard input and output. To be called first thing in `main`,
/// before any thread is started and any file is opened.
pub fn child_main() -> ExitCode {
    let mut arguments = std::env::args_os();
    if arguments.any(|argument| argument == helper::ARGUMENT) {
        return helper::main(arguments);
    }
    // A panic is answered to the parent; its text would go nowhere anybody looks.
    std::panic::set_hook(Box::new(|_| {}));
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let Some(limits) = receive::<Limits>(input)? else {
        return Ok(());
    };
    let report = sandbox::lock_in(&limits)?;
    send(output, &wire::Hello::from(report))?;
    work(input, output, limits.address_space, || {
        sandbox::allow_cpu(limits.cpu_seconds_per_job)
    })
}

/// Renders one picture after the other, of at most so many bytes; `grant` gives each its time.
pub(super) fn work(
    input: &mut impl Read,
    output: &mut impl Write,
    most: u64,
    grant: impl Fn() -> io::Result<()>,
) -> io::Result<()> {
    let mut renderer = Renderer::new();
    let mut picture = Vec::new();
    while let Some(job) = receive::<Job>(input)? {
        grant()?;
        let length = usize::try_from(job.length).map_err(io::Error::other)?;
        // Refused here rather than by an abort: the file is larger than the memory.
        let missing = length.saturating_sub(picture.capacity());
        if job.length > most || picture.try_reserve_exact(missing).is_err() {
            let limit = "and its file alone exceeds the memory".to_owned();
            let error = RenderError::TooLarge {
                width: 0,
                height: 0,
                limit,
            };
            io::copy(&mut input.take(job.length), &mut io::sink())?;
            send(output, &Reply::from(Err(error)))?;
            continue;
        }
        picture.resize(length, 0);
        input.read_exact(&mut picture)?;
        let spec = job.spec();
        let result = catch_unwind(AssertUnwindSafe(|| renderer.render(&picture, &spec)));
        let result = result.unwrap_or_else(|_| {
            Err(RenderError::Broken {
                reason: "the file is damaged in a way that stops the decoder".into(),
            })
        });
        send(output, &Reply::from(result))?;
    }
    Ok(())
}

/// Reads one message; `None` when the parent has closed the pipe.
fn receive<M: Message + Default>(input: &mut impl Read) -> io::Result<Option<M>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length);
    if length > 1 << 20 {
        return Err(io::Error::other("the message is too long"));
    }
    let mut message = vec![0; length as usize];
    input.read_exact(&mut message)?;
    M::decode(message.as_slice())
        .map(Some)
        .map_err(io::Error::other)
}

fn send(output: &mut impl Write, message: &impl Message) -> io::Result<()> {
    output.write_all(&wire::frame(message))?;
    output.flush()
}
