//! Plain HTTPS requests to other people's services, with limits on time and size. Follows no redirects, trusts no answer's
//! length, and never shows where to: an address may be a secret.

mod address;

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use thiserror::Error;

pub use address::{Address, AddressError};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long all of a request may take.
const WHOLE: Duration = Duration::from_secs(10);
/// How long a connection waits for its next use: a function may sleep for minutes, and the other side hang up.
const IDLE: Duration = Duration::from_secs(20);
/// How much of an answer is read.
const LONGEST: usize = 256 * 1024;
/// How long an answer may make us wait.
const LONGEST_WAIT: Duration = Duration::from_secs(6 * 60 * 60);

/// Makes requests.
#[derive(Debug, Clone)]
pub struct Http {
    connector: Arc<Connector>,
    whole: Duration,
}

impl Default for Http {
    fn default() -> Self {
        Self::with_limit(WHOLE)
    }
}

impl Http {
    /// One whose requests may take this long, connection included.
    #[must_use]
    pub fn with_limit(whole: Duration) -> Self {
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).build();
        let connector = Connector::builder()
            .connector_settings(settings)
            .pool_idle_timeout(IDLE)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build();
        Self { connector: Arc::new(connector), whole }
    }

    /// Makes one request, once.
    ///
    /// # Errors
    /// When there was no answer, or not all of it, or too much; it may still have been taken.
    pub async fn send(&self, request: Request) -> Result<Answer, HttpError> {
        let host = request.address.host().to_owned();
        let exchange = async {
            let unmade = |reason: String| HttpError::Unmade { host: host.clone(), reason };
            let mut builder = ::http::Request::builder().method(request.method.as_str());
            builder = builder.uri(request.address.reveal()).header("user-agent", "driftwire");
            for (name, value) in &request.headers {
                builder = builder.header(*name, value);
            }
            let made = builder.body(SdkBody::from(request.body)).map_err(|error| unmade(error.to_string()))?;
            let made = HttpRequest::try_from(made).map_err(|_| unmade("not a request of HTTP".to_owned()))?;
            let answer = self.connector.call(made).await.map_err(|error| failed(&host, &error))?;
            read(answer, &host).await
        };
        match tokio::time::timeout(self.whole, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(HttpError::TimedOut { host: host.clone() }),
        }
    }
}

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
}

impl Method {
    fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }
}

/// A request.
#[derive(Clone)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to.
    pub address: Address,
    /// Names in lower case, and values. They may hold secrets.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (method, address) = (&self.method, &self.address);
        formatter.debug_struct("Request").field("method", method).field("address", address).finish_non_exhaustive()
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long to wait before asking again, where it says so.
    pub retry_after: Option<Duration>,
    /// What it said.
    pub body: Vec<u8>,
}

/// Why there was no answer. Trying again may help, unless the request could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HttpError {
    /// It could not be made.
    #[error("`{host}`: the request could not be made: {reason}")]
    Unmade {
        /// Whom it was for.
        host: String,
        /// Why.
        reason: String,
    },
    /// There was no answer in time.
    #[error("`{host}`: no answer in time")]
    TimedOut {
        /// Whom it was for.
        host: String,
    },
    /// There was no connection, or it broke.
    #[error("`{host}`: unreachable")]
    Unreachable {
        /// Whom it was for.
        host: String,
    },
    /// The answer was longer than any that is expected.
    #[error("`{host}`: the answer is longer than {LONGEST} bytes")]
    TooLong {
        /// Whom it was for.
        host: String,
    },
}

impl HttpError {
    /// Whether the same request may be answered later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Unmade { .. })
    }
}

fn failed(host: &str, error: &ConnectorError) -> HttpError {
    let host = host.to_owned();
    if error.is_user() {
        HttpError::Unmade { host, reason: "not a request of HTTP".to_owned() }
    } else if error.is_timeout() {
        HttpError::TimedOut { host }
    } else {
        HttpError::Unreachable { host }
    }
}

async fn read(answer: HttpResponse, host: &str) -> Result<Answer, HttpError> {
    let status = answer.status().as_u16();
    let retry_after = retry_after(&|name| answer.headers().get(name).map(str::to_owned));
    let mut stream = ByteStream::new(answer.into_body());
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk.map_err(|_| HttpError::Unreachable { host: host.to_owned() })?);
        if body.len() > LONGEST {
            return Err(HttpError::TooLong { host: host.to_owned() });
        }
    }
    Ok(Answer { status, retry_after, body })
}

/// How long to wait, as an answer says: in seconds, as a date, or, as GitHub says it, until when nothing is left.
fn retry_after(header: &dyn Fn(&str) -> Option<String>) -> Option<Duration> {
    let until = |second: i64| Duration::from_secs(u64::try_from(second - now_s()).unwrap_or(0));
    let said = match header("retry-after") {
        Some(said) => match said.trim().parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => until(jiff::fmt::rfc2822::parse(said.trim()).ok()?.timestamp().as_second()),
        },
        None if header("x-ratelimit-remaining").as_deref() == Some("0") => {
            until(header("x-ratelimit-reset")?.trim().parse().ok()?)
        }
        None => return None,
    };
    Some(said.min(LONGEST_WAIT))
}

fn now_s() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn waits(headers: &[(&str, String)]) -> Option<u64> {
        let find = |name: &str| headers.iter().find(|(it, _)| *it == name).map(|(_, value)| value.clone());
        retry_after(&find).map(|it| it.as_secs())
    }

    #[test]
    fn an_answer_says_how_long_to_wait() {
        assert_eq!(waits(&[("retry-after", "30".to_owned())]), Some(30));
        assert_eq!(waits(&[("retry-after", "999999999".to_owned())]), Some(6 * 60 * 60));
        assert_eq!(waits(&[("retry-after", "Fri, 20 Nov 2020 10:00:00 GMT".to_owned())]), Some(0));
        assert_eq!(waits(&[("retry-after", "soon".to_owned())]), None);
        let reset = [("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", (now_s() + 60).to_string())];
        assert!(waits(&reset).is_some_and(|it| (58..=60).contains(&it)));
        assert_eq!(waits(&[("x-ratelimit-remaining", "7".to_owned())]), None);
    }

    fn request(port: u16) -> Request {
        Request {
            method: Method::Post,
            address: Address::parse(&format!("http://127.0.0.1:{port}/services/secret")).unwrap(),
            headers: Vec::new(),
            body: b"{}".to_vec(),
        }
    }

    /// A server that answers every request alike, if it answers.
    fn server(answer: Option<String>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let mut buffer = [0; 4096];
                if let (Some(answer), Ok(_)) = (&answer, stream.read(&mut buffer)) {
                    drop(stream.write_all(answer.as_bytes()));
                }
                open.push(stream);
            }
        });
        port
    }

    #[test]
    fn who_never_answers_is_given_up() {
        let http = Http::with_limit(Duration::from_millis(50));
        let error = run(http.send(request(server(None)))).unwrap_err();
        assert_eq!(error.to_string(), "`127.0.0.1`: no answer in time");
        let error = run(http.send(request(1))).unwrap_err();
        assert_eq!(error.to_string(), "`127.0.0.1`: unreachable");
    }

    #[test]
    fn an_answer_without_end_is_not_read() {
        let length = LONGEST + 1;
        let endless = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
        let error = run(Http::default().send(request(server(Some(endless))))).unwrap_err();
        assert!(matches!(error, HttpError::TooLong { .. }), "{error}");
    }

    #[test]
    fn a_redirect_is_not_followed() {
        let away = "HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n".to_owned();
        assert_eq!(run(Http::default().send(request(server(Some(away))))).unwrap().status, 302);
    }
}
