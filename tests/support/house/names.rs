//! A name server that says what a test wants to hear.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{net::UdpSocket, task::JoinSet};

const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;
const NO_SUCH_NAME: u8 = 3;

/// What a name leads to.
#[derive(Debug, Clone)]
pub enum Record {
    /// All of these at once.
    Addresses(Vec<IpAddr>),
    /// The first address at the first question, the second from then on: a name that moves after it
    /// was looked at.
    Moves(IpAddr, IpAddr),
    /// Another name, and where that one leads.
    Alias(String, IpAddr),
}

/// Answers until it is dropped.
#[derive(Debug)]
pub struct Names {
    _answering: JoinSet<()>,
}

impl Names {
    pub async fn serve(records: impl IntoIterator<Item = (String, Record)>) -> Self {
        let records: HashMap<String, Record> = records.into_iter().collect();
        let zone = Zone {
            records,
            asked: Arc::default(),
        };
        let socket = UdpSocket::bind("[::]:53").await;
        let socket = socket.expect("nobody else answers for names in here");
        let mut answering = JoinSet::new();
        answering.spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                if let Some(answer) = zone.answer(&buffer[..length]) {
                    // A lost answer is asked for again.
                    let _ = socket.send_to(&answer, from).await;
                }
            }
        });
        Self {
            _answering: answering,
        }
    }
}

struct Zone {
    records: HashMap<String, Record>,
    /// How often each name was asked for, by the type of the question.
    asked: Arc<Mutex<HashMap<(String, u16), usize>>>,
}

impl Zone {
    /// Answers one question, RFC 1035: the same identifier, the question again, then the records.
    fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        let question = query.get(12..)?;
        let (name, rest) = read_name(question)?;
        let kind = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]);
        let end = 12 + question.len() - rest.len() + 4;
        let answers = self.answers(&name, kind);

        let mut message = query.get(..2)?.to_vec();
        let code = if answers.is_some() { 0 } else { NO_SUCH_NAME };
        message.extend([0x85, 0x80 | code]);
        let answers = answers.unwrap_or_default();
        let count = u16::try_from(answers.len()).ok()?;
        message.extend([0, 1]);
        message.extend(count.to_be_bytes());
        message.extend([0; 4]);
        message.extend(query.get(12..end)?);
        message.extend(answers.concat());
        Some(message)
    }

    fn answers(&self, name: &str, kind: u16) -> Option<Vec<Vec<u8>>> {
        let record = self.records.get(name)?;
        // Every address is asked for twice, as IPv4 and as IPv6.
        let turn = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = asked.entry((name.to_owned(), kind)).or_default();
            *turn += 1;
            *turn
        };
        Some(match record {
            Record::Addresses(addresses) => addresses
                .iter()
                .filter_map(|address| address_record(&[0xc0, 12], *address, kind))
                .collect(),
            Record::Moves(first, then) => {
                let address = if turn == 1 { *first } else { *then };
                address_record(&[0xc0, 12], address, kind)
                    .into_iter()
                    .collect()
            }
            Record::Alias(other, address) => {
                let alias = resource(&[0xc0, 12], CNAME, &write_name(other));
                let target = address_record(&write_name(other), *address, kind);
                [Some(alias), target].into_iter().flatten().collect()
            }
        })
    }
}

fn address_record(owner: &[u8], address: IpAddr, asked: u16) -> Option<Vec<u8>> {
    match address {
        IpAddr::V4(address) if asked == A => Some(resource(owner, A, &address.octets())),
        IpAddr::V6(address) if asked == AAAA => Some(resource(owner, AAAA, &address.octets())),
        _ => None,
    }
}

/// One record of class IN that nobody may remember.
fn resource(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("names and addresses are short");
    let mut record = owner.to_vec();
    record.extend(kind.to_be_bytes());
    record.extend([0, 1, 0, 0, 0, 0]);
    record.extend(length.to_be_bytes());
    record.extend(data);
    record
}

fn write_name(name: &str) -> Vec<u8> {
    let mut written = Vec::new();
    for label in name.split('.') {
        written.push(u8::try_from(label.len()).expect("a label has at most 63 bytes"));
        written.extend(label.bytes());
    }
    written.push(0);
    written
}

/// Reads a name in lower case; returns what follows it as well.
fn read_name(mut bytes: &[u8]) -> Option<(String, &[u8])> {
    let mut labels = Vec::new();
    loop {
        let (&length, rest) = bytes.split_first()?;
        if length == 0 {
            return Some((labels.join("."), rest));
        }
        let (label, rest) = rest.split_at_checked(usize::from(length))?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        bytes = rest;
    }
}
