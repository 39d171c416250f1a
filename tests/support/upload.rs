//! A slow client that uploads by FTP, as cameras and phones do over a bad line.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::servers::Ftp;

/// Bytes between two pauses, and the pause: 10 kB/s.
const PIECE: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(100);

/// Uploads a file to a path below the server's root. With `cut` the line goes dead after as many
/// bytes, without a goodbye.
pub async fn upload_slowly(
    ftp: &Ftp,
    path: &str,
    bytes: &[u8],
    cut: Option<usize>,
) -> io::Result<()> {
    let mut control = sign_in(ftp).await?;
    let mut data = store(&mut control, path).await?;
    for piece in bytes[..cut.unwrap_or(bytes.len())].chunks(PIECE) {
        data.write_all(piece).await?;
        tokio::time::sleep(PAUSE).await;
    }
    if cut.is_some() {
        return Ok(());
    }
    data.shutdown().await?;
    drop(data);
    answer(&mut control, "226").await.map(drop)
}

/// Signs in for files of bytes.
pub(crate) async fn sign_in(ftp: &Ftp) -> io::Result<BufReader<TcpStream>> {
    let port = ftp.url.port().unwrap_or(21);
    let mut control = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?);
    answer(&mut control, "220").await?;
    let user = ftp.url.username();
    let password = ftp.url.password().unwrap_or_default();
    for (command, expected) in [
        (format!("USER {user}"), "331"),
        (format!("PASS {password}"), "230"),
        ("TYPE I".to_owned(), "200"),
    ] {
        say(&mut control, &command).await?;
        answer(&mut control, expected).await?;
    }
    Ok(control)
}

/// Begins to write a file; what follows goes over the connection that is returned.
pub(crate) async fn store(control: &mut BufReader<TcpStream>, path: &str) -> io::Result<TcpStream> {
    say(control, "EPSV").await?;
    let told = answer(control, "229").await?;
    let port = told.split('|').nth(3).and_then(|port| port.parse().ok());
    let port: u16 = port.ok_or_else(|| io::Error::other(told.clone()))?;
    let data = TcpStream::connect(("127.0.0.1", port)).await?;
    say(control, &format!("STOR {path}")).await?;
    answer(control, "1").await?;
    Ok(data)
}

pub(crate) async fn say(control: &mut BufReader<TcpStream>, command: &str) -> io::Result<()> {
    control
        .get_mut()
        .write_all(format!("{command}\r\n").as_bytes())
        .await
}

/// Reads an answer to its last line.
pub(crate) async fn answer(
    control: &mut BufReader<TcpStream>,
    expected: &str,
) -> io::Result<String> {
    loop {
        let mut line = String::new();
        if control.read_line(&mut line).await? == 0 {
            return Err(io::Error::other("the server hung up"));
        }
        if line.len() > 3 && line.as_bytes()[3] == b' ' {
            let is_expected = line.starts_with(expected);
            return if is_expected {
                Ok(line)
            } else {
                Err(io::Error::other(line))
            };
        }
    }
}
