//! HTTP as far as these tests need it: plain, on this machine, whole bodies. It knows nothing of AWS.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// A request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `POST`
    pub method: String,
    /// With what follows the question mark.
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// All of it.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// 200
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// All of it.
    pub body: Vec<u8>,
}

/// What a server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// It answers.
    Answer(Answer),
    /// It hangs up.
    HangUp,
    /// It says nothing for a while, and hangs up.
    Silence(Duration),
}

impl Answer {
    /// An answer in JSON.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        Self { status, headers, body: body.to_string().into_bytes() }
    }
}

/// Sends a request to `127.0.0.1:PORT` and reads the whole answer.
///
/// # Errors
/// When there is no answer.
pub fn send(authority: &str, request: &Request) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_nodelay(true)?;
    let mut head =
        format!("{} {} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n", request.method, request.path);
    for (name, value) in request.headers.iter().filter(|(name, _)| !is_of_the_connection(name)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    stream.write_all(&[head.as_bytes(), &request.body].concat())?;
    let mut reader = BufReader::new(stream);
    loop {
        let (first, headers) = head_of(&mut reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = first.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        if (100..200).contains(&status) {
            continue;
        }
        let body = body_of(&mut reader, &headers, Ends::WithTheConnection)?;
        return Ok(Answer { status, headers, body });
    }
}

/// Serves on a free port of this machine until the process ends. Returns the port.
///
/// # Errors
/// When there is no port.
pub fn serve(handle: impl Fn(Request) -> Reply + Send + Sync + 'static) -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let handle = Arc::new(handle);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = handle.clone();
            std::thread::spawn(move || drop(converse(&stream, &*handle)));
        }
    });
    Ok(port)
}

fn converse(mut stream: &TcpStream, handle: &impl Fn(Request) -> Reply) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some((first, headers)) = head_of(&mut reader)? {
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let body = body_of(&mut reader, &headers, Ends::WithItsLength)?;
        let answer = match handle(Request { method, path, headers, body }) {
            Reply::Answer(answer) => answer,
            Reply::HangUp => return Ok(()),
            Reply::Silence(how_long) => {
                std::thread::sleep(how_long);
                return Ok(());
            }
        };
        let mut head = format!("HTTP/1.1 {} X\r\n", answer.status);
        for (name, value) in answer.headers.iter().filter(|(name, _)| !is_of_the_connection(name)) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", answer.body.len()));
        stream.write_all(&[head.as_bytes(), &answer.body].concat())?;
    }
    Ok(())
}

fn is_of_the_connection(name: &str) -> bool {
    ["connection", "content-length", "host", "keep-alive", "transfer-encoding", "expect"].contains(&name)
}

type Head = (String, BTreeMap<String, String>);

/// The first line and the headers; none where the other side has no more to say.
fn head_of(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Ok(Some((first.trim_end().to_owned(), headers)))
}

/// Where a body ends that says nothing of it.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    WithTheConnection,
    WithItsLength,
}

fn body_of(reader: &mut impl BufRead, headers: &BTreeMap<String, String>, ends: Ends) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if headers.get("transfer-encoding").is_some_and(|it| it.contains("chunked")) {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim().split(';').next().unwrap_or_default(), 16);
            let size = size.map_err(|_| io::ErrorKind::InvalidData)?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk)?;
            reader.read_line(&mut line)?;
            body.append(&mut chunk);
            if size == 0 {
                return Ok(body);
            }
        }
    }
    match headers.get("content-length").and_then(|it| it.parse().ok()) {
        Some(length) => {
            body.resize(length, 0);
            reader.read_exact(&mut body)?;
        }
        None if ends == Ends::WithTheConnection => drop(reader.read_to_end(&mut body)?),
        None => {}
    }
    Ok(body)
}
