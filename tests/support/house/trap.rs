//! Whoever dials anywhere is seen here.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

/// How long somebody who dialled may take to say something; who waits for us to begin is sent away.
const PATIENCE: Duration = Duration::from_millis(500);

/// Listens on some ports of every address, notes who is dialled, and answers everybody alike.
#[derive(Debug)]
pub struct Trap {
    dialled: Arc<Mutex<Vec<SocketAddr>>>,
    _listening: JoinSet<()>,
}

impl Trap {
    /// `answer` is what a connection gets to read once it has said something.
    pub async fn set(ports: &[u16], answer: &str) -> Self {
        let dialled = Arc::<Mutex<Vec<SocketAddr>>>::default();
        let mut listening = JoinSet::new();
        for &port in ports {
            // Of IPv6 and, because Linux maps them, of IPv4.
            let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await;
            let listener =
                listener.unwrap_or_else(|error| panic!("port {port} is taken in here: {error}"));
            let dialled = Arc::clone(&dialled);
            let answer = answer.to_owned();
            listening.spawn(async move {
                let mut replies = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    if let Ok(address) = stream.local_addr() {
                        let mut dialled = dialled.lock().unwrap_or_else(PoisonError::into_inner);
                        dialled.push(canonical(address));
                    }
                    replies.spawn(reply(stream, answer.clone()));
                    while replies.try_join_next().is_some() {}
                }
            });
        }
        Self {
            dialled,
            _listening: listening,
        }
    }

    /// Returns the addresses that were dialled since it was last asked, as those who dialled named them.
    pub fn take(&self) -> Vec<SocketAddr> {
        std::mem::take(&mut *self.dialled.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn reply(mut stream: TcpStream, answer: String) {
    let mut heard = [0; 4096];
    let spoke = timeout(PATIENCE, stream.read(&mut heard)).await;
    if matches!(spoke, Ok(Ok(length)) if length > 0) {
        // Whoever hung up does not want it.
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

fn canonical(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V6(ip) => ip.to_canonical(),
        ip @ IpAddr::V4(_) => ip,
    };
    SocketAddr::new(ip, address.port())
}
