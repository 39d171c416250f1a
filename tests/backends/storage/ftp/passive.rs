//! Servers that lie about addresses, and hang up.

use stowage_storage::ObjectPath;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::*;

const FILE: &[u8] = b"what the file holds";

/// A server that sends data connections to another address than its own, and hangs up in the
/// middle of the first file.
async fn liar(listener: TcpListener) {
    let mut is_first = true;
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            return;
        };
        converse(socket, &mut is_first).await;
    }
}

async fn converse(socket: TcpStream, is_first: &mut bool) {
    let (reader, mut writer) = socket.into_split();
    let mut lines = BufReader::new(reader).lines();
    let _ = writer.write_all(b"220 ready\r\n").await;
    let mut data = None;
    let mut offset = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match verb {
            "USER" | "PASS" => "230 come in\r\n".to_owned(),
            "TYPE" | "NOOP" => "200 well\r\n".to_owned(),
            "PWD" => "257 \"/\"\r\n".to_owned(),
            "CWD" => "250 here\r\n".to_owned(),
            "SIZE" => format!("213 {}\r\n", FILE.len()),
            "MDTM" => "213 20261128071200\r\n".to_owned(),
            "REST" => {
                offset = rest.parse().unwrap_or_default();
                "350 from there\r\n".to_owned()
            }
            "PASV" => {
                let listener = TcpListener::bind("127.0.0.1:0")
                    .await
                    .expect("a port is free");
                let port = listener.local_addr().expect("it is bound").port();
                data = Some(listener);
                // The address that cloud machines tell their secrets at.
                let (high, low) = (port / 256, port % 256);
                format!("227 Entering Passive Mode (169,254,169,254,{high},{low})\r\n")
            }
            "RETR" => {
                let _ = writer.write_all(b"150 here it comes\r\n").await;
                let listener = data.take().expect("PASV came first");
                let (mut socket, _) = listener.accept().await.expect("it dials");
                let half = if *is_first {
                    FILE.len() / 2
                } else {
                    FILE.len()
                };
                let _ = socket.write_all(&FILE[offset..half]).await;
                drop(socket);
                if *is_first {
                    *is_first = false;
                    return;
                }
                "226 that was it\r\n".to_owned()
            }
            _ => "500 what?\r\n".to_owned(),
        };
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A server that lets two in at a time.
async fn narrow(listener: TcpListener) {
    let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let mut guests = JoinSet::new();
    while let Ok((mut socket, _)) = listener.accept().await {
        let inside = Arc::clone(&inside);
        guests.spawn(async move {
            use std::sync::atomic::Ordering;
            if inside.fetch_add(1, Ordering::SeqCst) < 2 {
                converse(socket, &mut false).await;
            } else {
                let _ = socket.write_all(b"421 Too many connections\r\n").await;
            }
            inside.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// A server that says nothing to the first who logs in, and goes on with the others.
async fn forgetful(listener: TcpListener) {
    let mut guests = JoinSet::new();
    let mut forgotten = None;
    while let Ok((mut socket, _)) = listener.accept().await {
        if forgotten.is_none() {
            let _ = socket.write_all(b"220 ready\r\n").await;
            forgotten = Some(socket);
        } else {
            guests.spawn(async move { converse(socket, &mut false).await });
        }
    }
}

fn place_at(port: u16) -> Place {
    Place {
        settings: FtpSettings {
            host: "localhost".into(),
            port: Some(port),
            security: FtpSecurity::Plain,
            acknowledge_insecure: true,
            folder: None,
            certificate: None,
        },
        credentials: FtpCredentials {
            user: "a".into(),
            password: "b".into(),
        },
        files: PathBuf::new(),
    }
}

#[tokio::test]
async fn a_login_that_a_server_forgets_is_made_anew() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let mut server = JoinSet::new();
    server.spawn(forgetful(listener));
    let storage = place_at(port).connect(true, Capability::default());
    storage.identify().await.expect("the second login works");
}

#[tokio::test]
async fn a_server_that_takes_two_connections_serves_everybody_in_turn() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let mut server = JoinSet::new();
    server.spawn(narrow(listener));
    let storage = place_at(port).connect(true, Capability::default());
    let path = ObjectPath::new("photo.jpg").expect("a good path");
    let asked = (0..12).map(|_| storage.stat(&path));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(
            answer.expect("it waits for its turn").size,
            FILE.len() as u64
        );
    }
}

#[tokio::test]
async fn data_comes_from_the_server_itself_and_a_broken_read_goes_on_where_it_was() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let mut server = JoinSet::new();
    server.spawn(liar(listener));
    let place = place_at(port);
    let storage = place.connect(true, Capability::default());
    let path = ObjectPath::new("photo.jpg").expect("a good path");
    let read = storage.read(&path, None).await.expect("it can be read");
    let body = read.into_bytes(100).await.expect("it goes on");
    assert_eq!(body, FILE);
}

#[tokio::test]
async fn a_private_address_is_refused_where_the_operator_does_not_allow_it() {
    let egress = Egress::new(&EgressConfig::default()).expect("the policy is a good one");
    let net = FtpNet::new(egress, FtpTimeouts::default());
    let credentials = FtpCredentials {
        user: "a".into(),
        password: "b".into(),
    };
    for host in [
        "127.0.0.1",
        "localhost",
        "169.254.169.254",
        "::1",
        "10.0.0.1",
    ] {
        for security in [
            FtpSecurity::Ftps,
            FtpSecurity::FtpsImplicit,
            FtpSecurity::Plain,
        ] {
            let settings = FtpSettings {
                host: host.into(),
                port: Some(9),
                security,
                acknowledge_insecure: true,
                folder: None,
                certificate: None,
            };
            let options = FtpOptions::default();
            let storage = FtpStorage::connect(&settings, &credentials, &net, options)
                .expect("the settings are good ones");
            let error = storage.identify().await.expect_err("it is refused");
            assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{host}: {error}");
            assert!(error.to_string().contains("address"), "{host}: {error}");
        }
    }
}
