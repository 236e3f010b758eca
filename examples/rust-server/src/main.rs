//! Answers with a page whose template is opened at start.
use std::{env, fs};

fn main() {
    let page = fs::read_to_string("templates/index.html").expect("the template is in the image");
    let port = env::var("PORT").unwrap_or_else(|_| "8080".into());
    let server = tiny_http::Server::http(format!("0.0.0.0:{port}")).expect("the port is free");
    for request in server.incoming_requests() {
        let answer = tiny_http::Response::from_string(&page);
        let _ = request.respond(answer);
    }
}
