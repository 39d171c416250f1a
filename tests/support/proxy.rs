//! A proxy between the application and an S3 server: counts what goes through, and breaks it on
//! demand.
//!
//! Requests pass with every header as it was, the host's name included, so that signatures stay
//! good.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures::StreamExt;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Frame, Incoming},
    header::CONTENT_LENGTH,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// What went through since the last look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Pages of listings.
    pub lists: u64,
    /// Questions about one object.
    pub stats: u64,
    /// Objects read, whole or in part.
    pub reads: u64,
    /// Bytes of objects that reached the application.
    pub read_bytes: u64,
    /// Anything that changes the bucket.
    pub writes: u64,
    /// Bytes that the application sent with them.
    pub write_bytes: u64,
    /// Copies that the server was asked to make by itself, in parts or whole.
    pub copies: u64,
    /// Requests that were answered with a fault of ours.
    pub faults: u64,
    /// All commands, of an FTP server.
    pub commands: u64,
}

/// What to break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Page number `page` of every listing, from 1, answers 503. Counts anew after each.
    ListPage(u64),
    /// Every page of every listing answers 503.
    AllLists,
    /// Listings answer that they are complete, and hold nothing.
    EmptyLists,
    /// Listings are empty and look complete, and a question about an object is answered with no.
    Forgets,
    /// Listings leave out all but this many objects of each page, and look complete.
    ShortLists(usize),
    /// Bodies of listings end after this many bytes, the connection with them.
    CutLists(usize),
    /// Listings answer that there is no such bucket.
    NoBucket,
    /// Everything answers 403, as when keys are revoked.
    Denied,
    /// Whatever changes the bucket answers that its quota is used up; it can still be read.
    QuotaExceeded,
    /// Bodies of objects end after this many bytes, the connection with them.
    CutBodies(usize),
    /// Connections are closed without an answer.
    Refuse,
    /// Each answer waits.
    Slow(Duration),
}

#[derive(Debug, Default)]
struct State {
    counted: Counted,
    fault: Option<Fault>,
    /// Which page of a listing was asked for last, and by which words: a page that is asked for
    /// again is the same page.
    page: u64,
    from: From,
}

/// A proxy in front of one server.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<Mutex<State>>,
    _server: JoinSet<()>,
}

/// Where a page of a listing begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum From {
    #[default]
    Start,
    /// Where the page before it ended, by the server's own word.
    Token(String),
    /// Behind a key: a page that broke is asked for again in this way.
    Key,
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    List(From),
    Stat,
    Read,
    Write,
}

impl Proxy {
    /// Starts a proxy in front of the server on `upstream`.
    pub async fn start(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let state = Arc::new(Mutex::new(State::default()));
        let mut server = JoinSet::new();
        server.spawn(accept(listener, upstream, Arc::clone(&state)));
        Self {
            port,
            state,
            _server: server,
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns what went through since the last time, and counts anew.
    pub fn take(&self) -> Counted {
        std::mem::take(&mut lock(&self.state).counted)
    }

    /// Returns what went through so far.
    pub fn counted(&self) -> Counted {
        lock(&self.state).counted.clone()
    }

    pub fn inject(&self, fault: Fault) {
        lock(&self.state).fault = Some(fault);
    }

    pub fn heal(&self) {
        lock(&self.state).fault = None;
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, upstream: u16, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = hyper::service::service_fn(|request| {
                let state = Arc::clone(&state);
                async move { pass(request, upstream, state).await }
            });
            // A connection that broke was broken on purpose, or by the client.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is broken")]
struct Broken;

async fn pass(
    request: Request<Incoming>,
    upstream: u16,
    state: Arc<Mutex<State>>,
) -> Result<Response<Body>, Broken> {
    let about = about(&request);
    count_sent(&state, &about, request.headers());
    let fault = judge(&state, &about);
    match fault {
        Some(Fault::Refuse) => return Err(Broken),
        Some(Fault::Denied) => return Ok(refusal(StatusCode::FORBIDDEN, "AccessDenied")),
        Some(Fault::QuotaExceeded) => {
            return Ok(refusal(StatusCode::FORBIDDEN, "QuotaExceeded"));
        }
        Some(Fault::Forgets) if about == About::Stat => {
            return Ok(refusal(StatusCode::NOT_FOUND, "NoSuchKey"));
        }
        Some(Fault::NoBucket) => return Ok(refusal(StatusCode::NOT_FOUND, "NoSuchBucket")),
        Some(Fault::ListPage(_) | Fault::AllLists) => {
            return Ok(refusal(StatusCode::SERVICE_UNAVAILABLE, "InternalError"));
        }
        Some(Fault::Slow(delay)) => tokio::time::sleep(delay).await,
        _ => {}
    }
    let answer = forward(request, upstream).await.map_err(|_| Broken)?;
    match fault {
        Some(Fault::EmptyLists | Fault::Forgets) => return shortened(answer, 0).await,
        Some(Fault::ShortLists(kept)) => return shortened(answer, kept).await,
        _ => {}
    }
    let cut = match fault {
        Some(Fault::CutBodies(after)) if about == About::Read => Some(after),
        Some(Fault::CutLists(after)) => Some(after),
        _ => None,
    };
    Ok(answer.map(|body| counted(body, about, cut, state)))
}

/// Counts what a request brings along.
fn count_sent(state: &Mutex<State>, about: &About, headers: &HeaderMap) {
    if *about != About::Write {
        return;
    }
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let mut state = lock(state);
    state.counted.write_bytes += length.unwrap_or_default();
    state.counted.copies += u64::from(headers.contains_key("x-amz-copy-source"));
}

/// Counts a request and says what is to be broken about it.
fn judge(state: &Mutex<State>, about: &About) -> Option<Fault> {
    let mut state = lock(state);
    match about {
        About::List(from) => {
            state.counted.lists += 1;
            match from {
                From::Start => state.page = 1,
                From::Token(_) if state.from != *from => state.page += 1,
                From::Token(_) | From::Key => {}
            }
            state.from.clone_from(from);
        }
        About::Stat => state.counted.stats += 1,
        About::Read => state.counted.reads += 1,
        About::Write => state.counted.writes += 1,
    }
    let is_list = matches!(about, About::List(_));
    let fault = state.fault.filter(|fault| match fault {
        Fault::ListPage(page) => is_list && state.page == *page,
        Fault::AllLists
        | Fault::EmptyLists
        | Fault::ShortLists(_)
        | Fault::CutLists(_)
        | Fault::NoBucket => is_list,
        Fault::Forgets => is_list || *about == About::Stat,
        Fault::QuotaExceeded => *about == About::Write,
        Fault::CutBodies(_) => *about == About::Read,
        Fault::Denied | Fault::Refuse | Fault::Slow(_) => true,
    });
    state.counted.faults += u64::from(fault.is_some());
    fault
}

fn about(request: &Request<Incoming>) -> About {
    let query = request.uri().query().unwrap_or_default();
    let has_key = request.uri().path().trim_matches('/').contains('/');
    let is_list = query.contains("list-type=") || query.contains("prefix=") || !has_key;
    match *request.method() {
        Method::GET if is_list => {
            let value = |name: &str| {
                query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
            };
            About::List(match (value("continuation-token"), value("start-after")) {
                (Some(token), _) => From::Token(token.to_owned()),
                (None, Some(_)) => From::Key,
                (None, None) => From::Start,
            })
        }
        Method::GET => About::Read,
        Method::HEAD => About::Stat,
        _ => About::Write,
    }
}

async fn forward(
    request: Request<Incoming>,
    upstream: u16,
) -> Result<Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(("127.0.0.1", upstream)).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Ends with the answer's body; nothing waits for it.
    let mut background = JoinSet::new();
    background.spawn(async move {
        let _ = connection.await;
    });
    background.detach_all();
    Ok(sender.send_request(request).await?)
}

fn refusal(status: StatusCode, code: &str) -> Response<Body> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <Error><Code>{code}</Code><Message>broken on purpose</Message></Error>"
    );
    let body = Full::new(Bytes::from(text)).map_err(|never: Infallible| match never {});
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    response
}

/// Takes objects out of a page of a listing.
async fn shortened(answer: Response<Incoming>, kept: usize) -> Result<Response<Body>, Broken> {
    let (mut parts, body) = answer.into_parts();
    let whole = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let text = String::from_utf8_lossy(&whole);
    let mut short = String::with_capacity(text.len());
    for (number, piece) in text.split("<Contents>").enumerate() {
        match piece.split_once("</Contents>") {
            None => short.push_str(piece),
            Some((object, rest)) => {
                if number <= kept {
                    short.extend(["<Contents>", object, "</Contents>"]);
                }
                short.push_str(rest);
            }
        }
    }
    // The length is another; it is told anew.
    parts.headers.remove(CONTENT_LENGTH);
    let body = Full::new(Bytes::from(short)).map_err(|never: Infallible| match never {});
    Ok(Response::from_parts(parts, body.boxed_unsync()))
}

/// Passes a body on, counting the bytes of objects; with `cut` it breaks off after as many.
fn counted(body: Incoming, about: About, cut: Option<usize>, state: Arc<Mutex<State>>) -> Body {
    let mut left = cut.unwrap_or(usize::MAX);
    let frames = body.into_data_stream().map(move |chunk| {
        let chunk = chunk.map_err(std::io::Error::other)?;
        let taken = chunk.len().min(left);
        left -= taken;
        if about == About::Read {
            lock(&state).counted.read_bytes += taken as u64;
        }
        if taken < chunk.len() {
            return Err(std::io::Error::other("cut on purpose"));
        }
        Ok(Frame::data(chunk))
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}
