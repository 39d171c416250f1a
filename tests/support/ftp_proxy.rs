//! A proxy between the application and an FTP server: counts commands, and the bytes of files.
//!
//! It listens where the server says that data can be had, and tells the application its own port.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::Counted;

/// What to break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FtpFault {
    /// Listing number `number` on each connection, from 1, is refused with this code.
    Refuse { number: u64, code: u16 },
    /// The line is dead: connections are closed, and new ones too.
    Gone,
    /// Files are refused as a server does whose quota is used up; everything can be read.
    Full,
    /// Files that are written arrive with other bytes, as many as were sent, and look well.
    Garbled,
    /// Listings are empty and look complete, and a question about a file is answered with no.
    Forgets,
    /// Listings end after this many bytes, and look complete.
    Cut(usize),
}

/// A proxy in front of one server, without encryption.
#[derive(Debug)]
pub struct FtpProxy {
    port: u16,
    counted: Arc<Mutex<Counted>>,
    fault: Arc<Mutex<Option<FtpFault>>>,
    _server: JoinSet<()>,
}

impl FtpProxy {
    /// Starts a proxy in front of the server on `upstream`.
    pub async fn start(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let counted = Arc::new(Mutex::new(Counted::default()));
        let fault = Arc::default();
        let mut server = JoinSet::new();
        let state = (Arc::clone(&counted), Arc::clone(&fault));
        server.spawn(accept(listener, upstream, state));
        Self {
            port,
            counted,
            fault,
            _server: server,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn inject(&self, fault: FtpFault) {
        *lock(&self.fault) = Some(fault);
    }

    pub fn heal(&self) {
        *lock(&self.fault) = None;
    }

    /// Returns what went through since the last time, and counts anew.
    pub fn take(&self) -> Counted {
        std::mem::take(&mut lock(&self.counted))
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

type State = (Arc<Mutex<Counted>>, Arc<Mutex<Option<FtpFault>>>);

async fn accept(listener: TcpListener, upstream: u16, state: State) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        if is_gone(&state.1) {
            continue;
        }
        let state = state.clone();
        connections.spawn(async move {
            // A connection that broke is the client's or the server's business.
            let _ = control(client, upstream, state).await;
        });
    }
}

/// Passes commands on in one direction and answers in the other.
async fn control(client: TcpStream, upstream: u16, (counted, fault): State) -> std::io::Result<()> {
    let mut lists = 0;
    let mut refusal = String::new();
    let server = TcpStream::connect(("127.0.0.1", upstream)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let (mut commands, mut answers) = (BufReader::new(from_client), BufReader::new(from_server));
    let (mut command, mut answer) = (Vec::new(), Vec::new());
    // Whether the file of the last transfer is read.
    let reads = Arc::new(Mutex::new(false));
    let mut transfers = JoinSet::new();
    loop {
        tokio::select! {
            read = commands.read_until(b'\n', &mut command) => {
                if read? == 0 || is_gone(&fault) {
                    return Ok(());
                }
                count(&command, &counted, &reads);
                lists += u64::from(is_list(&command));
                if let Some(FtpFault::Refuse { number, code }) = *lock(&fault)
                    && is_list(&command)
                    && lists == number
                {
                    refusal = format!("{code} refused on purpose\r\n");
                }
                if *lock(&fault) == Some(FtpFault::Full) && command.starts_with(b"STOR") {
                    "552 Quota exceeded.\r\n".clone_into(&mut refusal);
                }
                if *lock(&fault) == Some(FtpFault::Forgets) && asks_about_a_file(&command) {
                    "550 No such file.\r\n".clone_into(&mut refusal);
                }
                if !refusal.is_empty() {
                    to_client.write_all(refusal.as_bytes()).await?;
                    refusal.clear();
                    command.clear();
                    continue;
                }
                to_server.write_all(&command).await?;
                command.clear();
            }
            read = answers.read_until(b'\n', &mut answer) => {
                if read? == 0 {
                    return Ok(());
                }
                if let Some(port) = passive_port(&answer) {
                    let listener = TcpListener::bind("127.0.0.1:0").await?;
                    let ours = listener.local_addr()?.port();
                    let state = (Arc::clone(&counted), Arc::clone(&fault));
                    transfers.spawn(data(listener, port, state, Arc::clone(&reads)));
                    answer = format!("229 Entering Extended Passive Mode (|||{ours}|)\r\n").into();
                }
                to_client.write_all(&answer).await?;
                answer.clear();
            }
        }
    }
}

fn is_gone(fault: &Mutex<Option<FtpFault>>) -> bool {
    *lock(fault) == Some(FtpFault::Gone)
}

fn is_list(command: &[u8]) -> bool {
    command.starts_with(b"MLSD") || command.starts_with(b"LIST")
}

/// Whether a command asks about one file of the customer's; the marker is there still.
fn asks_about_a_file(command: &[u8]) -> bool {
    let command = String::from_utf8_lossy(command);
    let (verb, path) = command.trim_end().split_once(' ').unwrap_or_default();
    matches!(verb, "MLST" | "SIZE" | "MDTM") && !path.ends_with(".stowage")
}

fn count(command: &[u8], counted: &Mutex<Counted>, reads: &Mutex<bool>) {
    let mut counted = lock(counted);
    counted.commands += 1;
    let verb = command.split(u8::is_ascii_whitespace).next();
    match verb.unwrap_or_default() {
        b"MLSD" | b"LIST" => {
            counted.lists += 1;
            *lock(reads) = false;
        }
        b"RETR" => {
            counted.reads += 1;
            *lock(reads) = true;
        }
        b"MLST" | b"SIZE" | b"MDTM" => counted.stats += 1,
        b"STOR" => {
            counted.writes += 1;
            *lock(reads) = false;
        }
        b"DELE" | b"RNFR" | b"MKD" | b"RMD" | b"APPE" => counted.writes += 1,
        _ => {}
    }
}

/// Returns the port of `229 Entering Extended Passive Mode (|||4711|)`.
fn passive_port(answer: &[u8]) -> Option<u16> {
    let answer = std::str::from_utf8(answer).ok()?;
    let told = answer.strip_prefix("229 ")?.split_once("(|||")?.1;
    told.split('|').next()?.parse().ok()
}

async fn data(
    listener: TcpListener,
    port: u16,
    (counted, fault): State,
    reads: Arc<Mutex<bool>>,
) -> std::io::Result<()> {
    let (client, _) = listener.accept().await?;
    let server = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let read = from_client.read(&mut chunk).await?;
            if read == 0 {
                return to_server.shutdown().await;
            }
            if *lock(&fault) == Some(FtpFault::Garbled) {
                chunk[read / 2] ^= 0xff;
            }
            to_server.write_all(&chunk[..read]).await?;
        }
    };
    let down = async {
        let mut chunk = vec![0; 64 * 1024];
        let mut listed = 0;
        loop {
            let read = from_server.read(&mut chunk).await?;
            if read == 0 {
                return to_client.shutdown().await;
            }
            let passed = match *lock(&fault) {
                Some(FtpFault::Cut(after)) if !*lock(&reads) => read.min(after - listed.min(after)),
                Some(FtpFault::Forgets) if !*lock(&reads) => 0,
                _ => read,
            };
            listed += read;
            to_client.write_all(&chunk[..passed]).await?;
            if *lock(&reads) {
                lock(&counted).read_bytes += read as u64;
            }
        }
    };
    tokio::pin!(up, down);
    // A download ends when the server says so, whatever the other direction waits for.
    tokio::select! {
        done = &mut down => done,
        done = &mut up => { done?; down.await }
    }
}
