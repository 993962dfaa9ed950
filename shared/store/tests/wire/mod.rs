//! Clients of the tests: the real protocol, with what was asked written down.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod answers;

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_http_client::Builder;
use serde_json::Value;

/// Writes down each request that goes out, and lets no more through than it may.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire {
    seen: Arc<Mutex<Vec<String>>>,
    /// How many may still go out; any number where there is none.
    left: Arc<Mutex<Option<usize>>>,
}

impl Wire {
    /// One that breaks after some requests.
    pub(crate) fn breaking_after(requests: usize) -> Self {
        Self { left: Arc::new(Mutex::new(Some(requests))), ..Self::default() }
    }

    /// The operations since it was last asked.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// A client of an endpoint.
    pub(crate) fn client(&self, endpoint: &str) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(endpoint)
            .http_client(Builder::new().build_http())
            .retry_config(RetryConfig::standard().with_max_attempts(2))
            .interceptor(self.clone())
            .build();
        Client::from_conf(config)
    }
}

impl Intercept for Wire {
    fn name(&self) -> &'static str {
        "wire"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(left) = self.left.lock().unwrap().as_mut() {
            *left = left.checked_sub(1).ok_or("the wire is broken")?;
        }
        let target = context.request().headers().get("x-amz-target").unwrap_or_default();
        self.seen.lock().unwrap().push(target.rsplit('.').next().unwrap_or_default().to_owned());
        Ok(())
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) operation: String,
    pub(crate) body: Value,
}

type Answer = dyn FnMut(&Request) -> (u16, Value) + Send;

/// A server that answers as a test says.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) endpoint: String,
    requests: Arc<Mutex<Vec<Request>>>,
    answer: Arc<Mutex<Box<Answer>>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Server {
    pub(crate) fn new(answer: impl FnMut(&Request) -> (u16, Value) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
            answer: Arc::new(Mutex::new(Box::new(answer))),
        };
        let accepting = server.clone();
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = accepting.clone();
                thread::spawn(move || serving.serve(stream));
            }
        });
        server
    }

    /// What came in since it was last asked.
    pub(crate) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// The operations that came in since it was last asked.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.requests().into_iter().map(|it| it.operation).collect()
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        while let Some(request) = read(&mut reader) {
            let (status, body) = (self.answer.lock().unwrap())(&request);
            self.requests.lock().unwrap().push(request);
            let body = body.to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}",
                body.len()
            );
            write!(stream, "{head}\r\n\r\n{body}").unwrap();
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let (mut operation, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().expect("a length")
            }
            Some((name, value)) if name.eq_ignore_ascii_case("x-amz-target") => {
                value.rsplit('.').next()?.clone_into(&mut operation);
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { operation, body: serde_json::from_slice(&body).expect("JSON") })
}
